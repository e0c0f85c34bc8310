#!/bin/bash
# What the suite asks the ERP for and nobody has answered: a request a line. KCAT_CONFIG=erp.properties asked.sh
set -euo pipefail
# Of each request the newest message counts; one without data says that it is closed.
kcat -C -e -q -t crm.order-requests -o beginning -f '%k\t%s\n' |
    awk -F '\t' '{ last[$1] = $2 } END { for (id in last) if (last[id] != "") print last[id] }'
