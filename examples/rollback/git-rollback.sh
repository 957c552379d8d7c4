#!/bin/sh
# Take main back to what stable holds, as new commits that undo: history stays, nobody has to force-push.
#
#   ./git-rollback.sh [STABLE [MAIN]]
#
# `git merge stable` on main, which one finds recommended, does nothing at all while stable is an ancestor of main, and it
# always is when stable marks the last good commit: "Already up to date". What undoes is a revert of all that came since.
# Exit status: 0 main holds what stable holds (also when it did before), 2 it could not be done and main is as it was.
set -u
STABLE=${1:-stable}
MAIN=${2:-main}

die() {
    echo "git-rollback: $1" >&2
    exit 2
}

git rev-parse --verify --quiet "$STABLE^{commit}" > /dev/null || die "no branch or tag $STABLE"
git rev-parse --verify --quiet "$MAIN^{commit}" > /dev/null || die "no branch $MAIN"
git diff --quiet HEAD -- || die "there are changes that are not committed"
git checkout --quiet "$MAIN" || die "cannot check out $MAIN"
git merge-base --is-ancestor "$STABLE" "$MAIN" || die "$STABLE is not in the history of $MAIN"
before=$(git rev-parse HEAD)

if git diff --quiet "$STABLE" "$MAIN"; then
    :       # nothing to take back: a second run would only undo the undoing
elif [ -z "$(git rev-list --merges "$STABLE..$MAIN")" ]; then
    git revert --no-edit "$STABLE..$MAIN" > /dev/null || { git revert --abort; die "a revert does not apply"; }
else
    # A merge has no one before it to go back to without saying which: put the files back in one commit.
    git read-tree -u --reset "$STABLE" || die "cannot read $STABLE"
    git commit --quiet -m "Roll back to $STABLE ($(git rev-parse --short "$STABLE"))" || { git reset --hard --quiet "$before"; die "cannot commit"; }
fi
git diff --quiet "$STABLE" "$MAIN" || { git reset --hard --quiet "$before"; die "$MAIN is not $STABLE after the revert"; }
echo "git-rollback: $MAIN holds what $STABLE holds" >&2
