#!/bin/sh
# One look; on roll back, the ECS service goes to the task definition that it ran before. For a cron line, every minute:
#
#   * * * * *  CLUSTER=prod SERVICE=chat PREVIOUS=chat:41 BASELINE=v41 CANDIDATE=v42 LOG=/var/log/gateway.jsonl /opt/llmops/ecs-rollback.sh
#
# Exit status: 0 keep or cannot tell yet (cron has nothing to mail), 1 rolled back, 2 the check or the roll back failed.
set -u
: "${CLUSTER:?}" "${SERVICE:?}" "${PREVIOUS:?task definition to go back to, as family:revision}" "${BASELINE:?}" "${CANDIDATE:?}" "${LOG:?}"
STATE=${STATE:-rollback-$CANDIDATE.state}

${LLMOPS:-llmops} rollback-check -q --baseline "$BASELINE" --candidate "$CANDIDATE" --state "$STATE" "$LOG"
case $? in
    0 | 3) exit 0 ;;        # 3: too little data yet; the next minute asks again, and the error is held over all looks
    1) ;;
    *) exit 2 ;;
esac
${AWS:-aws} ecs update-service --cluster "$CLUSTER" --service "$SERVICE" --task-definition "$PREVIOUS" > /dev/null || exit 2
echo "rolled back $SERVICE to $PREVIOUS" >&2
exit 1
