"""The token shapes of providers, as they document them (or as their tokens show).

One line a rule: id, template. In a template everything is literal but `{alphabet length}`: w letters and digits,
b those and - and _, l small letters and digits, u capitals and digits, h small hexadecimal, H hexadecimal of either
case, d digits, s base64. A length is `36`, `20,60` or `20,`.
"""
from __future__ import annotations

import base64
import functools
import hashlib
import re
from typing import NamedTuple

from ..detector import ALONE, Detector

TEMPLATES = """
1password-secret-key A3-{u6}-{u5,11}-{u5}-{u5}-{u5}
1password-service-account ops_eyJ{s250,}
adafruit-key aio_{w28}
adobe-client-secret p8e-{w32}
age-secret-key AGE-SECRET-KEY-1{u58}
airtable-pat pat{w14}.{h64}
aiven-token aivenv1-{b40,}
akamai-client akab-{l16}-{l16}
alibaba-access-key LTAI{w12,24}
anthropic-api-key sk-ant-api0{d1}-{b80,120}
anthropic-admin-key sk-ant-admin0{d1}-{b80,120}
anthropic-oauth sk-ant-oat0{d1}-{b80,120}
anthropic-session sk-ant-sid0{d1}-{b80,120}
anyscale-key esecret_{w20,40}
apify-token apify_api_{w34,40}
apollo-key user:gh.{b20,}:{b20,30}
artifactory-api-key AKCp{w69}
artifactory-short AKC{w10,80}
artifactory-password AP{d1}{w10,80}
artifactory-reference cmVmdGtu{s56}
asana-pat {d1}/{d10,20}:{h32}
astra-token AstraCS:{w20,}
atlassian-api-token ATATT3{b180,200}
atlassian-token-short ATATT{b20,179}
atlassian-admin ATCTT3{b160,220}
atlassian-bitbucket ATBB{w32}
authress-service sc_{l5,30}.{l4,6}.acc_{b10,32}.{s30,120}
authress-external ext_{l5,30}.{l4,6}.acc_{b10,32}.{s30,120}
aws-access-key AKIA{u16}
aws-session-key ASIA{u16}
aws-role-id AROA{u16}
aws-bedrock-long ABSK{s60,280}
aws-bedrock-short bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t{s0,}
aws-appsync da2-{l26}
aws-mws amzn.mws.{h8}-{h4}-{h4}-{h4}-{h12}
azure-devops {l76}AZDO{w4}
azure-ad-secret {b3}{d1}Q~{b31,34}
beamer-token b_{s44}
brevo-key xkeysib-{h64}-{w16}
brevo-smtp xsmtpsib-{h64}-{w16}
buildkite-agent bkat_{w40,}
buildkite-user bkua_{l40}
canva-secret cnvca{b40,60}
cerebras-key csk-{w48}
checkly-key cu_{h32}
checkout-secret sk_{h8}-{h4}-{h4}-{h4}-{h11,13}
circleci-pat CCIPAT_{w22}_{h40}
circleci-project CCIPRJ_{w22}_{h40}
clerk-secret sk_test_{w27,60}
clickhouse-cloud 4b1d{w38}
clickup-pat pk_{d6,9}_{u32}
clojars-token CLOJARS_{w60}
cloudflare-ca v1.0-{h24}-{h146}
cloudflare-user cfut_{w40}{h8}
cloudflare-account cfat_{w40}{h8}
cloudflare-global cfk_{w40}{h8}
cloudsmith-key csa_{w36}
cockroach-key CCDB1_{w22}_{w40}
configcat-sdk configcat-sdk-1/{b22}/{b22}
confluent-cloud cflt{s60}
contentful-pat CFPAT-{b43}
crates-io cio{w32}
cribl-token crbl_{w32,}
cursor-key key_{h64}
customerio-app cio_{h32}
databricks-pat dapi{h32}
databricks-pat-numbered dapi{h32}-{d1}
dbt-cloud dbtc_{b36,}
dbt-user dbtu_{b36,}
deepseek-key sk-{h32}
defined-networking dnkey-{l26}-{l52}
deno-deploy ddp_{w36}
devcycle-server dvc_server_{l16,40}
devcycle-client dvc_client_{l16,40}
devcycle-mobile dvc_mobile_{l16,40}
digitalocean-pat dop_v1_{h64}
digitalocean-oauth doo_v1_{h64}
digitalocean-refresh dor_v1_{h64}
discord-bot-m M{w22,27}.{b6}.{b27,38}
discord-bot-n N{w22,27}.{b6}.{b27,38}
discord-bot-o O{w22,27}.{b6}.{b27,38}
docker-pat dckr_pat_{b27}
docker-org dckr_oat_{b32}
doppler-cli dp.ct.{w40,44}
doppler-personal dp.pt.{w40,44}
doppler-service dp.st.{w40,60}
doppler-scim dp.scim.{w40,44}
doppler-audit dp.audit.{w40,44}
doppler-account dp.sa.{w40,44}
doppler-named dp.st.{l2,35}.{w40,44}
dropbox-long sl.{b130,180}
dropbox-short sl.u.{b20,200}
duffel-live duffel_live_{s43}
duffel-test duffel_test_{s43}
dynatrace-token dt0c01.{w24}.{w64}
dynatrace-oauth dt0s02.{w8}.{w64}
easypost-live EZAK{w54}
easypost-test EZTK{w54}
ebay-production PRD-{h8,12}-{h4}-{h4}-{h4}-{h4,12}
ebay-sandbox SBX-{h8,12}-{h4}-{h4}-{h4}-{h4,12}
elastic-cloud essu_{s40,120}
endor-key endr+{b16}
facebook-token EAA{w60,400}
facebook-page EAAC{w60,400}
figma-pat figd_{b38,60}
figma-oauth figu_{b38,60}
figma-scim figs_{b38,60}
fireworks-key fw_{w22,28}
flutterwave-public FLWPUBK_TEST-{H32}-X
flutterwave-secret FLWSECK_TEST-{H32}-X
flutterwave-live FLWSECK-{H32}-{w0,12}X
flutterwave-encryption FLWSECK_TEST-{H12}
fly-access fo1_{b43}
fly-macaroon fm1r_{s100,}
fly-macaroon-a fm1a_{s100,}
fly-macaroon-2 fm2_{s100,}
frameio-token fio-u-{b64}
freemius-secret sk_{b29}
friendli-key flp_{w40,}
gemini-key AQ.{b50}
gcp-api-key AIza{b35}
gcp-oauth-secret GOCSPX-{b28}
gcp-oauth-access ya29.{b20,}
gcp-refresh 1//0{b30,}
gcp-service-id {d12}-{l32}.apps.googleusercontent.com
ghost-admin {h24}:{h64}
github-pat ghp_{w36}
github-fine-grained github_pat_{b82}
github-fine-grained-short github_pat_{w22}_{w40,81}
github-oauth gho_{w36}
github-user ghu_{w36}
github-server ghs_{w36}
github-app-jwt ghs_{d1,9}_eyJ{b20,}.{b20,}.{b20,}
github-refresh ghr_{w36,76}
gitlab-pat glpat-{b20}
gitlab-pat-routable glpat-{b27,300}.{l2}{l7}
gitlab-pat-routable-numbered glpat-{b27,300}.{l2}.{l2}{l7}
gitlab-oauth-secret gloas-{b64}
gitlab-pipeline glptt-{h40}
gitlab-runner glrt-{b20}
gitlab-runner-routable glrt-t{d1}_{b20,}
gitlab-runner-registration GR1348941{b20}
gitlab-incoming-mail glimt-{b25}
gitlab-kubernetes-agent glagent-{b50}
gitlab-ci-build glcbt-{l1,5}_{b20}
gitlab-feature-flag glffct-{b20}
gitlab-feed glft-{b20}
gitlab-scim glsoat-{b20,80}
gitlab-deploy gldt-{b20}
gocardless-live live_{b40}
gocardless-sandbox sandbox_{b40}
grafana-api-key eyJrIjoi{s70,400}
grafana-cloud glc_{s32,400}
grafana-service glsa_{w32}_{H8}
groq-key gsk_{w52}
harness-pat pat.{b22}.{h24}.{w20}
harness-sat sat.{b22}.{h24}.{w20}
hashicorp-atlas {w14}.atlasv1.{s60,70}
hashicorp-vault-service hvs.{b90,120}
hashicorp-vault-batch hvb.{b138,300}
hashicorp-vault-recovery hvr.{b24,}
heroku-key HRKU-AA{b58}
honeycomb-ingest hcaik_{l58}
honeycomb-key hcxik_{l58}
hubspot-private pat-na1-{h8}-{h4}-{h4}-{h4}-{h12}
hubspot-private-eu pat-eu1-{h8}-{h4}-{h4}-{h4}-{h12}
huggingface-token hf_{w34}
huggingface-org api_org_{w34}
infisical-service st.{h24}.{h32}.{h32}
infracost-key ico-{w32}
influx-token influx_{s80,}
ionic-token ion_{l42}
intra42-secret s-s4t2ud-{h64}
intra42-secret-f s-s4t2af-{h64}
ipinfo-token ipi_{h14,}
jetbrains-hub perm:{s20,}.{s10,}.{w20,40}
jetbrains-perm perm-{s10,}.{s10,}.{w20,}
jina-key jina_{b60}
jwt eyJ{b14,}.eyJ{b17,}.{b10,}
jwt-unsigned eyJ{b14,}.eyJ{b17,}.
jwt-headless eyJ{b14,}.eyJ{b17,}
jwt-base64 ZXlK{s80,}
keygen-token prod-{h64}v3
klaviyo-private pk_{h34}
lark-app cli_{w16}
langfuse-secret sk-lf-{h8}-{h4}-{h4}-{h4}-{h12}
langsmith-personal lsv2_pt_{h32}_{h10}
langsmith-service lsv2_sk_{h32}_{h10}
launchdarkly-sdk sdk-{h8}-{h4}-{h4}-{h4}-{h12}
launchdarkly-api api-{h8}-{h4}-{h4}-{h4}-{h12}
linear-api lin_api_{w40}
linear-oauth lin_oauth_{h64}
livekit-key API{w12,14}-{s40,}
llama-cloud llx-{w40,60}
lob-live live_{h35}
lob-test test_{h35}
logfire-token pylf_v1_{l2}_{w43}
luma-key luma-{h8}-{h4}-{h4}-{h4}-{h12}-{h8}
mailchimp-key {h32}-us{d1,2}
mailersend-key mlsn.{h64}
mailgun-private key-{l32}
mailgun-public pubkey-{l32}
mailgun-signing {h32}-{h8}-{h8}
mapbox-public pk.{l60}.{l22}
mapbox-secret sk.eyJ{b60,}.{b22}
maxmind-license {w6}_{w29}_mmk
mercury-token mercury_production_{w40,}
mergify-key mergify_application_key_{w60,80}
midtrans-server Mid-server-{b16,32}
midtrans-sandbox SB-Mid-server-{b16,32}
mollie-live live_{w30}
mongodb-atlas mdb_sa_sk_{b40,}
neon-key napi_{l60,}
netlify-pat nfp_{w36,40}
newrelic-user NRAK-{u27}
newrelic-insert NRII-{b32}
newrelic-browser NRJS-{h19}
newrelic-license {h32}FFFFNRAL
newrelic-license-eu eu01xx{h30}NRAL
nightfall-key NF-{w32}
notion-token ntn_{d11}{w35}
notion-legacy secret_{w43}
npm-token npm_{w36}
nvidia-key nvapi-{b60,70}
octopus-key API-{u26}
onfido-live api_live.{w11}.{w32}
onfido-sandbox api_sandbox.{w11}.{w32}
openai-key sk-{w20}T3BlbkFJ{w20,24}
openai-old-key sk-{w48}
openai-project sk-proj-{b40,400}
openai-service sk-svcacct-{b40,400}
openai-admin sk-admin-{b40,400}
openrouter-key sk-or-v1-{h64}
openshift-token sha256~{b43}
ory-pat ory_pat_{w32}
ory-access ory_at_{b43}.{b43}
ory-refresh ory_rt_{b43}.{b43}
paddle-live pdl_live_apikey_{l26}_{w22}_{w3}
paddle-sandbox pdl_sdbx_apikey_{l26}_{w22}_{w3}
pagerduty-key u+{b18}
paystack-live sk_live_{h40}
paystack-test sk_test_{h40}
perplexity-key pplx-{w48}
pinecone-key pcsk_{w5,6}_{w63}
plaid-access-sandbox access-sandbox-{h8}-{h4}-{h4}-{h4}-{h12}
plaid-access-development access-development-{h8}-{h4}-{h4}-{h4}-{h12}
plaid-access-production access-production-{h8}-{h4}-{h4}-{h4}-{h12}
planetscale-token pscale_tkn_{b32,64}
planetscale-password pscale_pw_{b32,64}
planetscale-oauth pscale_oauth_{b32,64}
polar-access polar_at_{b40,50}
polar-oat polar_oat_{w40,50}
polar-pat polar_pat_{b40,50}
posthog-project phc_{b41,48}
posthog-personal phx_{b43,48}
posthog-feature phs_{w43}
postman-key PMAK-{h24}-{h34}
postman-collection PMAT-{u26}
prefect-token pnu_{w36}
prefect-service pnb_{w36}
privateai-token pai_{l32}
proof-key prf_{b36,50}
pubnub-secret sec-c-{s44,54}
pubnub-publish pub-c-{h8}-{h4}-{h4}-{h4}-{h12}
pubnub-subscribe sub-c-{h8}-{h4}-{h4}-{h4}-{h12}
pulumi-token pul-{h40}
pypi-token pypi-AgEIcHlwaS5vcmc{b50,1000}
pypi-test-token pypi-AgENdGVzdC5weXBpLm9yZw{b50,1000}
ragie-key tnt_{w32,}
ramp-id ramp_id_{w40}
ramp-secret ramp_sec_{w48}
razorpay-live rzp_live_{w14}
razorpay-test rzp_test_{w14}
readme-key rdme_{l70}
redirect-pizza rpa_{w30,50}
render-key rnd_{w28}
replicate-key r8_{w37}
resend-key re_{w8}_{w24}
retool-key retool_{w32,}
rubygems-key rubygems_{h48}
runpod-key rpa_{u40,}{l6}
samsara-token samsara_api_{w30}
scaleway-key SCW{u17}
scalingo-token tk-us-{b48}
segment-public sgp_{w64}
sendgrid-key SG.{b22}.{b43}
sentry-org sntrys_eyJ{s80,}_{s43}
sentry-user sntryu_{h64}
settlemint-app sm_aat_{w16}
settlemint-personal sm_pat_{w16}
settlemint-service sm_sat_{w16}
shippo-live shippo_live_{h40}
shippo-test shippo_test_{h40}
shopify-access shpat_{w32}
shopify-custom shpca_{w32}
shopify-private shppa_{w32}
shopify-secret shpss_{w32}
shopify-partner prtapi_{h32}
shopify-cli atkn_{h64}
siliconflow-key sk-{l48}
slack-bot xoxb-{d8,14}-{b10,}
slack-user xoxp-{d8,14}-{b18,}
slack-user-short xoxo-{d8,14}-{b10,}
slack-app xapp-{d1}-{u6,}-{d6,}-{l20,}
slack-workspace xoxa-{d1,14}-{b8,}
slack-refresh xoxr-{d1,14}-{b8,}
slack-enterprise xoxe-{d1}-{b100,}
slack-enterprise-bot xoxe.xox{w1}-{d1}-{b100,}
slack-legacy xoxs-{d6,}-{b10,}
slack-cookie xoxd-{s100,}
slack-config xoxc-{d8,14}-{b18,}
snyk-pat snyk_uat.{h8}.{b80,}
sonar-user squ_{h40}
sonar-project sqp_{h40}
sonar-global sqa_{h40}
sourcegraph-token sgp_{H40}
sourcegraph-instance sgp_{H16}_{H40}
sourcegraph-local sgp_local_{H40}
sourcegraph-legacy slk_{h64}
square-access EAAA{b60}
square-old sq0atp-{b22}
square-secret sq0csp-{b43}
square-id sq0idp-{b22}
stripe-live sk_live_{w10,99}
stripe-test sk_test_{w10,99}
stripe-prod sk_prod_{w10,99}
stripe-restricted-live rk_live_{w10,99}
stripe-restricted-test rk_test_{w10,99}
stripe-restricted-prod rk_prod_{w10,99}
stripe-webhook whsec_{s32,}
supabase-management sbp_{l40}
supabase-oauth sbp_oauth_{h40}
supabase-secret sb_secret_{b31}
supabase-publishable sb_publishable_{b31}
sumologic-id su{w12}
swarm-join SWMTKN-1-{l50}-{l25}
swarm-unlock SWMKEY-1-{s40,60}
tailscale-auth tskey-auth-{w10,20}-{w16,40}
tailscale-api tskey-api-{w10,20}-{w16,40}
tailscale-client tskey-client-{w10,20}-{w16,40}
tailscale-scim tskey-scim-{w10,20}-{w16,40}
tailscale-webhook tskey-webhook-{w10,20}-{w16,40}
tally-token tly-{w40,}
tavily-key tvly-{b30,40}
telegram-bot {d5,16}:A{b34}
together-key tgp_v1_{b43}
trigger-dev tr_dev_{w20}
trigger-prod tr_prod_{w20}
twilio-key SK{h32}
twilio-account AC{h32}
typeform-token tfp_{s59,60}
ubidots-token BBFF-{w30}
unkey-root unkey_{w20,40}
uploadthing-key sk_live_{h64}
valtown-token vtwn_{w32,}
vercel-personal vcp_{w56}
vercel-integration vci_{w56}
vercel-app vca_{w56}
vercel-refresh vcr_{b56}
vercel-client vck_{b56}
vercel-blob vercel_blob_rw_{w16}_{w30}
volcengine-key AKLT{b40,}
voyage-key pa-{b43}
wakatime-key waka_{h8}-{h4}-{h4}-{h4}-{h12}
wandb-key wandb_v1_{b60,90}
weights-local local-{h40}
workos-live sk_live_{w50,}
xai-key xai-{b70,90}
xata-key xau_{w43}
yandex-api AQVN{b35,38}
yandex-iam t1.{b1,}.{b86}
yandex-oauth y0_{b50,60}
yandex-aws YC{b38}
zuplo-key zpka_{h32}_{h8}
"""
_ALPHABETS = {
    "w": "A-Za-z0-9", "b": r"A-Za-z0-9_-", "l": "a-z0-9", "u": "A-Z0-9", "h": "a-f0-9", "H": "A-Fa-f0-9", "d": "0-9", "s": r"A-Za-z0-9+/=_-",
}
_SAMPLE = {
    "w": "aB3dE5gH7jK9mN1pQ4sT6vW8yZ0cF2", "b": "aB3dE5gH7jK9mN1pQ4sT6vW8yZ0cF2", "l": "a3d5g7j9m1p4s6v8y0c2f", "u": "A3D5G7J9M2P4S6V8Y7C2F",
    "h": "a3d5e7b9c1f4a6d8e0b2", "H": "a3d5e7b9c1f4a6d8e0b2", "d": "31415926535897932384", "s": "aB3dE5gH7jK9mN1pQ4sT6vW8yZ0cF2",
}
# Shapes that need a word beside them, or contents that no sample has.
_JWT = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0"
_SHOWN = {"ghost-admin": "key {}", "mailgun-signing": "key {}", "jwt": _JWT + ".dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U", "jwt-unsigned": _JWT + ".", "jwt-headless": _JWT,
          "jwt-base64": base64.b64encode(_JWT.encode()).decode() + "LmRvempnTnJ5UDRKM2pWbU5IbDB3"}
_FIELD = re.compile(r"\{(\w)(\d+)(,?)(\d*)\}")


class Token(NamedTuple):
    """A token shape: `head` is the literal it begins with, `least` its shortest length."""

    head: str
    least: int
    rule: Detector


@functools.cache
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern of a shape; compiled when first wanted, for most shapes never are."""
    return re.compile(pattern + r"(?![A-Za-z0-9_])")


def _pattern(template: str) -> str:
    parts, at = [], 0
    for field in _FIELD.finditer(template):
        parts.append(re.escape(template[at:field.start()]))
        alphabet, low, comma, high = field.groups()
        length = f"{{{low}}}" if not comma else f"{{{low},{high or 4000}}}"
        parts.append(f"[{_ALPHABETS[alphabet]}]{length}")
        at = field.end()
    return "".join(parts) + re.escape(template[at:])


def _sample(rule: str, template: str) -> str:
    """A made-up token of that shape, always the same one."""
    stream = iter("".join(hashlib.sha256(f"{rule} {n}".encode()).hexdigest() for n in range(24)))

    def fill(field: re.Match[str]) -> str:
        letters = _SAMPLE[field[1]]
        length = int(field[2]) + (3 if field[3] and (not field[4] or int(field[4]) > int(field[2]) + 3) else 0)
        return "".join(letters[int(next(stream) + next(stream), 16) % len(letters)] if i < 60 else letters[i % len(letters)] for i in range(length))
    return _FIELD.sub(fill, template)


def _build() -> tuple[Token, ...]:
    tokens = []
    for line in TEMPLATES.strip().splitlines():
        rule, template = line.split(" ", 1)
        pattern = _pattern(template)
        head = template.partition("{")[0]
        least = len(_FIELD.sub("", template)) + sum(int(field[2]) for field in _FIELD.finditer(template))
        maker = rule.replace("-", " ")
        detector = Detector(rule, "SECRET", maker, pattern=pattern, anchor=head, strength=ALONE, validator="variety", finds=(_SHOWN.get(rule, "{}").format(_sample(rule, template)),))
        tokens.append(Token(head, least, detector))
    return tuple(tokens)


TOKENS = _build()
DETECTORS = tuple(token.rule for token in TOKENS)
