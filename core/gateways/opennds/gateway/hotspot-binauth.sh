#!/bin/sh
# openNDS runs this for every log-in and log-out and waits for it, with its client list locked: it writes one small file
# and returns; hotspot-reporter.sh takes the file to the portal.
#
# At a log-in (auth_client, FAS levels 1 and 2) it also answers with the visitor's limits. The portal sent them through
# the visitor's own browser, so they are signed:
#
#   s=3600&u=2000&d=5000&uq=0&dq=0&v=VISIT&h=0123456789abcdef&m=<32 hex>      in base64, as openNDS's `custom`
#     s seconds · u d kbit/s up, down · uq dq kB up, down · v visit · h first 16 digits of hid, so that the string
#     serves this log-in only · m first 32 digits of HMAC-SHA256(FAS key, everything before "&m=" + "|" + client MAC)
#
# At level 3 the portal gives the limits to openNDS itself (authmon) and auth_client is not called.
set -u
umask 077
LC_ALL=C
export LC_ALL

FAS_KEY=''
conf=${HOTSPOT_CONF:-/etc/hotspot-gateway.conf}
# Without it nothing verifies and everybody is refused.
[ -r "$conf" ] && . "$conf"
. "${0%/*}/hotspot-hmac.sh"
run=${HOTSPOT_RUN:-/var/run/hotspot}
spool=$run/spool

main() {
	method=${1:-} mac=${2:-}
	is_mac "$mac" || return
	case $method in
	auth_client)
		token=${6:-}
		if is_word "$token" && verify "${7:-}" && mkdir -p "$run" && : >"$run/answered.$token"; then
			echo "$s $u $d $uq $dq"
		else
			# Exit status 1 should refuse, but openNDS 9.10 then lets the client in without any limit.
			# So: one second, one kbit/s, one kB; and client_auth, which follows, puts the client out.
			complain "refused $mac: the custom string is not the portal's for this log-in"
			echo '1 1 1 1 1'
		fi
		;;
	client_auth)
		# openNDS skips auth_client, and so every limit, while an ndsctl command happens to run. The custom string proves all
		# the same that the portal lets the client in; the portal will have it put out when its time or data is up.
		token=${7:-}
		if is_word "$token" && { rm "$run/answered.$token" 2>/dev/null || verify "${8:-}"; }; then
			record "$@"
		else
			put_out >/dev/null 2>&1 </dev/null &
		fi
		;;
	*)
		record "$@"
		;;
	esac
}

# verify CUSTOM: did the portal sign it, for this client and this log-in? Sets s u d uq dq.
verify() {
	[ -n "$FAS_KEY" ] || return 1
	custom=$(base64_of "$1") && [ -n "$custom" ] || return 1
	text=$(base64_decode "$custom")
	case $text in *[!A-Za-z0-9=\&_.-]* | '') return 1 ;; *'&m='*) ;; *) return 1 ;; esac
	mark=${text##*&m=}
	text=${text%&m=*}
	[ ${#mark} = 32 ] || return 1
	case $(printf '%s|%s' "$text" "$mac" | hmac_sha256 "$FAS_KEY") in "$mark"*) ;; *) return 1 ;; esac

	s='' u=0 d=0 uq=0 dq=0 h=''
	rest=$text
	while [ -n "$rest" ]; do
		field=${rest%%&*}
		case $field in
		s=* | u=* | d=* | uq=* | dq=*) is_number "${field#*=}" && eval "${field%%=*}=\${field#*=}" ;;
		h=*) h=${field#h=} ;;
		esac
		case $rest in *'&'*) rest=${rest#*&} ;; *) rest='' ;; esac
	done
	[ -n "$s" ] || return 1
	[ -z "$h" ] && return 0
	# hid, which the portal knows, is the SHA-256 of the token, which openNDS tells us.
	case $(printf '%s' "$token" | sha256_of_stdin) in "$h"*) [ ${#h} = 16 ] ;; *) return 1 ;; esac
}

# In the background: ndsctl is locked until this script has returned, and openNDS has work to do after that.
put_out() {
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		sleep 1
		ndsctl deauth "$mac" && return
	done
}

# record METHOD MAC INCOMING OUTGOING START END TOKEN CUSTOM: the event as a file that appears whole or not at all.
# Its name, hundredths of a second since boot, is its place in the queue.
record() {
	case $method in *[!a-z_]* | '') method=unknown ;; esac
	token=${7:-} custom=$(base64_of "${8:-}") || custom=''
	is_word "$token" || token=''
	read -r id </proc/sys/kernel/random/uuid
	read -r uptime _ </proc/uptime
	name=000000000000${uptime%.*}${uptime#*.}
	name=${name#"${name%????????????}"}.$$
	mkdir -p "$spool" &&
		printf '{"kind":"binauth","id":"%s","at":%s,"method":"%s","mac":"%s","incoming":%s,"outgoing":%s,"sessionStart":%s,"sessionEnd":%s,"token":"%s","custom":"%s"}' \
			"$id" "$(date +%s)" "$method" "$mac" "$(number "${3:-}")" "$(number "${4:-}")" \
			"$(number "${5:-}")" "$(number "${6:-}")" "$token" "$custom" >"$spool/.$name" &&
		mv "$spool/.$name" "$spool/$name.json" ||
		complain "lost $method of $mac: cannot write $spool"
}

is_mac() {
	case $1 in
	[0-9a-f][0-9a-f]:[0-9a-f][0-9a-f]:[0-9a-f][0-9a-f]:[0-9a-f][0-9a-f]:[0-9a-f][0-9a-f]:[0-9a-f][0-9a-f]) ;;
	*) return 1 ;;
	esac
}

is_word() { case $1 in '' | *[!0-9A-Za-z]*) return 1 ;; esac; }

is_number() { case $1 in '' | *[!0-9]* | 0?* | ???????????????????*) return 1 ;; esac; }

number() { if is_number "$1"; then echo "$1"; else echo 0; fi; }

# openNDS hands the custom string on percent-encoded: + / = come as %2b %2f %3d. Fails on anything that is not base64.
base64_of() {
	left=$1 plain=''
	while :; do
		case $left in
		*%2[bB]* | *%2[fF]* | *%3[dD]*)
			plain=$plain${left%%\%*}
			left=${left#*%}
			case $left in 2[bB]*) plain=$plain+ ;; 2[fF]*) plain=$plain/ ;; 3[dD]*) plain=$plain= ;; *) return 1 ;; esac
			left=${left#??}
			;;
		*) break ;;
		esac
	done
	plain=$plain$left
	case $plain in *[!A-Za-z0-9+/=]*) return 1 ;; esac
	printf '%s' "$plain"
}

# Not every OpenWrt has base64, every openNDS has ndsctl, and this command of it needs no lock.
base64_decode() {
	if command -v base64 >/dev/null 2>&1; then printf '%s' "$1" | base64 -d 2>/dev/null; else ndsctl b64decode "$1"; fi
}

complain() { logger -t hotspot-binauth -p daemon.warning -- "$1" 2>/dev/null; }

main "$@"
exit 0
