#!/bin/sh
# Give a new release more and more of the traffic, and take it all back at the first evidence that it does harm.
#
#   BASELINE=v42 CANDIDATE=v43 LOG=/var/log/gateway.jsonl SHIFT=./shift-traffic ./canary.sh
#
# SHIFT is your own command: it is called with the candidate's share in per cent (nginx, Envoy, a load balancer, a flag).
# Exit status: 0 all traffic is on the candidate, 1 rolled back, 2 the check failed (rolled back too), 3 still not sure
# after the last step's patience (traffic stays where it is; somebody has to decide).
set -u
: "${BASELINE:?name of the release that runs now}" "${CANDIDATE:?name of the new release}" "${LOG:?file that events are appended to}" "${SHIFT:?command that sets the share}"
STEPS=${STEPS:-1 5 10 25 50}        # per cent; evidence is gathered over all of them
EVERY=${EVERY:-60}                  # seconds between looks: look as often as you like
PATIENCE=${PATIENCE:-120}           # looks at a step before giving up
STATE=${STATE:-rollback-$CANDIDATE.state}
LLMOPS=${LLMOPS:-llmops}

back() {
    echo "canary: all traffic back to $BASELINE" >&2
    "$SHIFT" 0
    exit "$1"
}

for share in $STEPS; do
    "$SHIFT" "$share" || back 2
    looks=0
    while :; do
        sleep "$EVERY"
        # No --share here: it is for splits that stay the same.
        $LLMOPS rollback-check -q --baseline "$BASELINE" --candidate "$CANDIDATE" --state "$STATE" "$LOG"
        case $? in
            0) break ;;                     # keep: on to the next step
            1) back 1 ;;                    # roll back
            3) looks=$((looks + 1)) ;;      # cannot tell yet: 3 is not 0, so wait
            *) back 2 ;;                    # the check itself failed: nobody is watching the canary any more
        esac
        if [ "$looks" -ge "$PATIENCE" ]; then
            echo "canary: still not sure at $share %, left as it is" >&2
            exit 3
        fi
    done
done
"$SHIFT" 100 && echo "canary: all traffic on $CANDIDATE" >&2
