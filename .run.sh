cd /tmp/dev/brokerclients
for s in "$@"; do CI=true BROKER_SEED=$s ../test 100 swift test --skip-build --no-parallel --filter 'ComparisonTests' > .t$s.log 2>&1; grep -v "^\[" .t$s.log | cut -c1-500 | grep -vE "^✘|Killed" | sed -n '/^seed/,$p' | head -30; done
