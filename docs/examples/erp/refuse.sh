#!/bin/bash
# Refuses a request: KCAT_CONFIG=erp.properties refuse.sh REQUEST REASON FIELD MESSAGE
set -euo pipefail
echo '{"requestId":"'"$1"'","reason":"'"$2"'","mend":[{"field":"'"$3"'","message":"'"$4"'"}]}' |
    kcat -P -t erp.orders -k "$1" -X partitioner=murmur2_random -H ce_specversion=1.0 -H ce_source=/erp \
        -H ce_type=erp.order.refused.v1 -H ce_id="refusal-$1" -H ce_time="$(date -u +%Y-%m-%dT%H:%M:%SZ)" \
        -H content-type=application/json
