#!/bin/sh
# Builds the container and pushes it to ECR, named after the commit: examples/aws/push.sh REPOSITORY-URI, from the top of the checkout.
set -eu
repository=${1:?usage: push.sh ACCOUNT.dkr.ecr.REGION.amazonaws.com/llmops}
registry=${repository%%/*}
region=$(echo "$registry" | cut -d. -f4)
image=$repository:$(git rev-parse --short=12 HEAD)
aws ecr get-login-password --region "$region" | docker login --username AWS --password-stdin "$registry"
docker build --platform linux/amd64 -f examples/container/Dockerfile -t "$image" .
docker push "$image"
echo "$image"
