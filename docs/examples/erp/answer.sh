#!/bin/bash
# Answers a request with a new customer and his order: KCAT_CONFIG=erp.properties answer.sh REQUEST CUSTOMER ORDER
set -euo pipefail
request=$1 customer=$2 order=$3 now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
send() {
    kcat -P -t "$1" -k "$customer" -X partitioner=murmur2_random -H ce_specversion=1.0 -H ce_source=/erp \
        -H ce_type="$2" -H ce_id="$3" -H ce_time="$now" -H content-type=application/json
}
# Which comes first does not matter: both repeat the request, and so the number becomes the buyer's.
echo '{"customerNo":"'"$customer"'","name":"Customer '"$customer"'","correlationId":"'"$request"'"}' |
    send erp.customers erp.customer.upserted.v1 "customer-$customer-1"
echo '{"orderId":"'"$order"'","customerNo":"'"$customer"'","status":"open","placedAt":"'"$now"'","currency":"EUR",'\
'"lines":[{"sku":"A1","name":"Lantern","quantity":"10","unitPrice":"9.405"}],"total":"94.05",'\
'"correlationId":"'"$request"'"}' |
    send erp.orders erp.order.placed.v1 "order-$order-1"
