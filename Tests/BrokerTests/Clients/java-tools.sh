#!/bin/bash
# The command-line tools of Apache Kafka: java-tools.sh PROGRAM VERSION HOST:PORT
set -euo pipefail
program=$1 at=$3
# Each starts a Java of its own, which shall not take long to get ready.
export KAFKA_VERSION=$2 KAFKA_HEAP=192m JAVA_TOOL_OPTIONS=-XX:TieredStopAtLevel=1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

tool() {
    local name=$1
    shift
    echo "+ $name $*"
    timeout 60 "$program" "$name" --bootstrap-server "$at" "$@" > "${out:-$folder/out}" 2>&1 || { cat "${out:-$folder/out}"; exit 1; }
}
says() { grep -qE -- "$1" "$folder/out" || { echo "expected: $1"; cat "$folder/out"; exit 1; }; }
# The option that takes a producer's or consumer's settings has another name in the older line.
if [[ $2 == 3.* ]]; then producer=--producer-property consumer=--consumer-property; else producer=--command-property consumer=$producer; fi

tool topics --create --topic many --partitions 4 --config retention.ms=99999999
tool topics --create --topic one --partitions 1
tool topics --describe
says 'Topic: many.*PartitionCount: 4.*retention.ms=99999999'
tool topics --alter --topic many --partitions 6
! timeout 60 "$program" topics --bootstrap-server "$at" --create --topic one > "$folder/out" 2>&1
says "Topic 'one' already exists"
tool configs --alter --entity-type topics --entity-name one --add-config 'max.message.bytes=2000000'
tool configs --describe --entity-type topics --entity-name one
says 'max.message.bytes=2000000.*DYNAMIC_TOPIC_CONFIG'

for codec in none gzip snappy lz4 zstd; do
    seq 1 200 | sed "s/^/$codec-/" > "$folder/$codec"
done
cat "$folder"/{none,gzip,snappy,lz4,zstd} > "$folder/all"
writers=()
for codec in gzip snappy lz4 zstd none; do
    out=$folder/out-$codec tool console-producer --topic one --compression-codec "$codec" $producer linger.ms=50 \
        < "$folder/$codec" &
    writers+=($!)
done
for writer in "${writers[@]}"; do wait "$writer"; done
tool console-consumer --topic one --from-beginning --max-messages 1000 --group console $consumer heartbeat.interval.ms=500
grep -E '^(none|gzip|snappy|lz4|zstd)-' "$folder/out" | sort | cmp - <(sort "$folder/all")
tool get-offsets --topic one
says '^one:0:1000$'
tool get-offsets --topic one --time -3
says '^one:0:[0-9]+$'
tool consumer-groups --list --state
says 'console +Empty'
tool consumer-groups --describe --group console
says 'console +one +0 +1000 +1000 +0'
tool consumer-groups --reset-offsets --group console --topic one --to-offset 100 --execute
says 'console +one +0 +100'
echo '{"version": 1, "partitions": [{"topic": "one", "partition": 0, "offset": 300}]}' > "$folder/delete.json"
tool delete-records --offset-json-file "$folder/delete.json"
says 'low_watermark: 300'
tool get-offsets --topic one --time earliest
says '^one:0:300$'

tool verifiable-producer --topic many --max-messages 2000 --acks -1
says '"acked":2000'
timeout 60 "$program" verifiable-consumer --bootstrap-server "$at" --topic many --group-id verify --max-messages 2000 \
    > "$folder/out" 2>&1 || { cat "$folder/out"; exit 1; }
says 'offsets_committed.*"success":true'
if [[ $2 == 3.* ]]; then
    timeout 60 "$program" producer-perf-test --topic many --num-records 50000 --record-size 200 --throughput -1 \
        --producer-props "bootstrap.servers=$at" acks=all > "$folder/out" 2>&1 || { cat "$folder/out"; exit 1; }
    timeout 60 "$program" consumer-perf-test --bootstrap-server "$at" --topic many --messages 50000 --timeout 20000 \
        > "$folder/perf" 2>&1 || { cat "$folder/perf"; exit 1; }
else
    tool producer-perf-test --topic many --num-records 50000 --record-size 200 --throughput -1
    cp "$folder/out" "$folder/kept"
    timeout 60 "$program" consumer-perf-test --bootstrap-server "$at" --topic many --num-records 50000 --timeout 20000 \
        > "$folder/perf" 2>&1 || { cat "$folder/perf"; exit 1; }
    cp "$folder/kept" "$folder/out"
fi
says '50000 records sent'
tail -1 "$folder/out"
tail -1 "$folder/perf"
tool consumer-groups --delete --group console
says 'successful'
tool topics --delete --topic many
tool topics --list
! grep -q many "$folder/out"
echo "all good"
