#!/bin/sh
# Tells the portal what openNDS does, and puts out whom the portal names.
#
#   hotspot-reporter.sh            for ever, under procd or systemd
#   hotspot-reporter.sh --once     send what waits and the counters, then exit: 0 if the portal has everything
#
# It posts to PORTAL/g/opennds/NAS_ID/events: the log-ins and log-outs that hotspot-binauth.sh spooled, in order, within
# a second or two; the output of `ndsctl json` every INTERIM seconds; and that openNDS has started, for it starts with
# nobody logged in. Request and reply are signed with the FAS key. Nothing leaves the spool before a signed 200; while
# the portal is away it asks again after 2, 4, 8 … 60 seconds.
set -u
umask 077
LC_ALL=C
export LC_ALL

PORTAL='' NAS_ID='' FAS_KEY='' INTERIM=60 POLL=5
. "${HOTSPOT_CONF:-/etc/hotspot-gateway.conf}"
. "${0%/*}/hotspot-hmac.sh"
run=${HOTSPOT_RUN:-/var/run/hotspot}
spool=$run/spool
PORTAL=${PORTAL%/}
path=/g/opennds/$NAS_ID/events
opennds_pid='' opennds_since=0 portal_answers=unknown

main() {
	for setting in "$PORTAL" "$NAS_ID" "$FAS_KEY"; do
		[ -n "$setting" ] || die 'PORTAL, NAS_ID and FAS_KEY must be set'
	done
	choose_client
	mkdir -p "$spool" || die "cannot make $spool"

	now=0 ask_at=0 counters_at=0 poll_at=0 pause=1
	if [ "${1:-}" = --once ]; then
		notice_start
		send_spool && send_counters
		exit
	fi
	while :; do
		notice_start
		now=$(seconds_up)
		if [ "$now" -ge "$ask_at" ]; then
			if send_spool && { [ "$now" -lt "$counters_at" ] || send_counters; } &&
				{ [ "$now" -lt "$poll_at" ] || send_poll; }; then
				pause=1
			else
				pause=$((pause < 30 ? pause * 2 : 60))
				ask_at=$((now + pause))
			fi
		fi
		sleep 1
	done
}

# ── what there is to say ──────────────────────────────────────────────────────────────────────────────────────────────

# openNDS, not this script, decides: a process of another pid or start time than the last one reported is a new start.
# Its place in the queue is its start time, between the log-outs of the process before it and its own log-ins.
notice_start() {
	find_opennds || return 0
	instance=$opennds_pid.$opennds_since
	[ -r "$run/instance" ] && read -r reported <"$run/instance" && [ "$reported" = "$instance" ] && return
	name=000000000000$opennds_since
	name=${name#"${name%????????????}"}
	new_uuid
	printf '{"kind":"start","id":"%s","at":%s,"instance":"%s"}' \
		"$uuid" $(($(date +%s) - $(seconds_up) + opennds_since / 100)) "$instance" >"$spool/.$name" &&
		mv "$spool/.$name" "$spool/$name.json" &&
		echo "$instance" >"$run/instance.new" && mv "$run/instance.new" "$run/instance"
}

# Sets opennds_pid and opennds_since, its start in hundredths of a second since boot (proc(5): stat, field 22).
find_opennds() {
	if [ -z "$opennds_pid" ] || ! stat_of "$opennds_pid"; then
		opennds_pid=$(pgrep -o -x opennds) || opennds_pid=''
		[ -n "$opennds_pid" ] && stat_of "$opennds_pid"
	fi
}

stat_of() {
	[ -r "/proc/$1/stat" ] && read -r stat 2>/dev/null <"/proc/$1/stat" || return 1
	case $stat in *'(opennds)'*) ;; *) return 1 ;; esac
	set -- $stat
	opennds_since=${22}
}

send_spool() {
	for file in "$spool"/*.json; do
		[ -e "$file" ] || continue
		post "$file" || return 1
		rm -f "$file"
	done
}

# Counters are not kept: the next ones say more. Where openNDS is busy the next turn asks again; in its first seconds it
# is not asked, because a command then can cost it a child process and with it its life (9.10).
send_counters() {
	find_opennds && [ $(($(seconds_up) - opennds_since / 100)) -ge 5 ] || return 0
	json=$(ndsctl json 2>/dev/null </dev/null)
	case $json in '{'*'}') ;; *) return 0 ;; esac
	new_uuid
	printf '{"kind":"counters","id":"%s","at":%s,"ndsctl":%s}' "$uuid" "$(date +%s)" "$json" >"$run/counters"
	post "$run/counters" && counters_at=$((now + INTERIM))
}

# A visitor who taps "Disconnect" does not wait for the next counters: every POLL seconds the portal is asked whom to
# put out. Any reply says it, so that a gateway with much to tell does not ask.
send_poll() {
	new_uuid
	printf '{"kind":"poll","id":"%s","at":%s}' "$uuid" "$(date +%s)" >"$run/poll"
	post "$run/poll"
}

# ── to the portal and back ────────────────────────────────────────────────────────────────────────────────────────────

# post FILE: true once the portal has it. Does what the reply asks.
post() {
	new_uuid
	nonce=$(echo "$uuid" | tr -d -)
	time=$(date +%s)
	signature=$({ printf '%s\n%s\n%s\n' "$time" "$nonce" "$path"; cat "$1"; } | hmac_sha256 "$FAS_KEY")
	if ! send "$1"; then
		answer=$(sed -n 's/\r$//; s/^ *HTTP/HTTP/p' "$run/headers" | tail -n 1)
		portal_is "away: ${answer:-no answer}"
		return 1
	fi
	expected=$({ printf '%s\n' "$nonce"; cat "$run/reply"; } | hmac_sha256 "$FAS_KEY")
	given=$(sed -n 's/\r$//; s/^ *[Xx]-[Hh]otspot-[Ss]ignature: *//p' "$run/headers")
	if [ "$given" != "$expected" ]; then
		portal_is 'not to be trusted: its reply is not signed with our key'
		return 1
	fi
	portal_is answering
	poll_at=$(($(seconds_up) + POLL))
	while read -r verb mac || [ -n "$verb" ]; do
		[ "$verb" = deauth ] && put_out "$mac"
		verb=''
	done <"$run/reply"
	return 0
}

# BusyBox can be built without wget's -T.
choose_client() {
	command -v curl >/dev/null && client=curl && return
	case $(wget --help 2>&1) in
	*[Ss]erver?response*) client=wget ;;
	*) die 'needs curl, or a wget that shows response headers (uclient-fetch does not)' ;;
	esac
	case $(wget --help 2>&1) in *-T*) client='wget -T 20' ;; esac
}

# send FILE: true on 200; leaves the reply and its headers in $run/reply and $run/headers.
send() {
	: >"$run/headers"
	: >"$run/reply"
	if [ "$client" = curl ]; then
		[ "$(curl -s --connect-timeout 5 --max-time 20 -o "$run/reply" -D "$run/headers" -w '%{http_code}' --data-binary "@$1" \
			-H 'Content-Type: application/json' -H 'Expect:' -H "X-Hotspot-Time: $time" -H "X-Hotspot-Nonce: $nonce" \
			-H "X-Hotspot-Signature: $signature" "$PORTAL$path")" = 200 ]
	else
		$client -S -O "$run/reply" --post-file "$1" \
			--header 'Content-Type: application/json' --header "X-Hotspot-Time: $time" --header "X-Hotspot-Nonce: $nonce" \
			--header "X-Hotspot-Signature: $signature" "$PORTAL$path" 2>"$run/headers" </dev/null
	fi
}

put_out() {
	case $1 in
	[0-9a-f][0-9a-f]:[0-9a-f][0-9a-f]:[0-9a-f][0-9a-f]:[0-9a-f][0-9a-f]:[0-9a-f][0-9a-f]:[0-9a-f][0-9a-f]) ;;
	*) return ;;
	esac
	# openNDS reports a log-out with the counters it last looked at; asking for them makes it look.
	ndsctl_patiently json "$1" >/dev/null
	ndsctl_patiently deauth "$1" >/dev/null
}

# ── helpers ───────────────────────────────────────────────────────────────────────────────────────────────────────────

# One ndsctl at a time: it exits with 4 while another, or BinAuth, runs.
ndsctl_patiently() {
	for _ in 1 2 3 4 5; do
		ndsctl "$@" 2>/dev/null </dev/null
		[ $? = 4 ] || return 0
		sleep 1
	done
}

new_uuid() { read -r uuid </proc/sys/kernel/random/uuid; }

seconds_up() {
	read -r up _ </proc/uptime
	echo "${up%.*}"
}

portal_is() {
	[ "$portal_answers" = "$1" ] || echo "hotspot-reporter: the portal is $1" >&2
	portal_answers=$1
}

die() {
	echo "hotspot-reporter: $1" >&2
	exit 2
}

main "$@"
