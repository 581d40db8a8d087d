# Functions with which docs/try.md and the pages after it speak to a node. POSIX sh.
#
#   CLINIC=try/ieum HOSPITAL=try/east-hub     folders that `naru institution admit` wrote
#   . examples/doors.sh
#
# clinic PATH …     curl with the clinic's certificate; what follows PATH goes to curl as it is
# hospital PATH …   the same with the hospital's
# filled FILE       a message with its @NAMES@ replaced; @NEW@, @OID@, @NOW@ and @TIME@ anew each time
# new_oid           an OID that nobody has

said() { sed -n "s/^$2 = \"\(.*\)\"/\1/p" "$1/link.toml"; }

NODE=$(said "$CLINIC" url)
DOMAIN=$(said "$CLINIC" affinity_domain)
REPOSITORY=$(said "$CLINIC" repository_oid)
SENDER=$(said "$CLINIC" oid)
CHART=TEST-$(date +%s)
SOAP='Content-Type: application/soap+xml; charset=utf-8'
FHIR='Content-Type: application/fhir+json'

asked() {
  folder=$1 address=$2
  shift 2
  curl --silent --show-error --fail-with-body --cacert "$folder/authority.pem" \
    --cert "$folder/certificate.pem" --key "$folder/key.pem" "$NODE$address" "$@"
}
clinic() { asked "$CLINIC" "$@"; }
hospital() { asked "$HOSPITAL" "$@"; }

new_uuid() { python3 -c 'import uuid; print(uuid.uuid4())'; }
new_oid() { python3 -c 'import uuid; print(f"2.25.{uuid.uuid4().int}")'; }

filled() {
  sed -e "s|@NEW@|$(new_uuid)|g" -e "s|@OID@|$(new_oid)|g" \
    -e "s|@NOW@|$(date -u +%Y%m%d%H%M%S)|g" -e "s|@TIME@|$(date -u +%Y-%m-%dT%H:%M:%SZ)|g" \
    -e "s|@DOMAIN@|$DOMAIN|g" -e "s|@REPOSITORY@|$REPOSITORY|g" -e "s|@SENDER@|$SENDER|g" \
    -e "s|@CHART@|$CHART|g" -e "s|@PATIENT@|$PATIENT|g" -e "s|@DOCUMENT@|$DOCUMENT|g" \
    -e "s|@DATA@|$DATA|g" "$1"
}
