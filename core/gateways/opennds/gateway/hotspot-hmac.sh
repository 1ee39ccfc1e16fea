# HMAC-SHA256 in POSIX sh, sourced by hotspot-binauth.sh and hotspot-reporter.sh.
#
# openssl would show the key to anyone who can list processes. Here it only ever passes through shell variables and the
# shell's own printf; the programs started (od or hexdump, tr, sha256sum, cut, cat) read it from a pipe.

# hmac_sha256 KEY <message : the code in hex. RFC 2104.
hmac_sha256() {
	hmac_key=$(printf '%s' "$1" | hex_of_stdin)
	[ ${#hmac_key} -gt 128 ] && hmac_key=$(printf '%s' "$1" | sha256_of_stdin)
	while [ ${#hmac_key} -lt 128 ]; do hmac_key=${hmac_key}00; done
	hmac_inner_pad=$(escapes_of_hex "$hmac_key" 0x36)
	hmac_outer_pad=$(escapes_of_hex "$hmac_key" 0x5c)
	hmac_inner=$({ printf "$hmac_inner_pad"; cat; } | sha256_of_stdin)
	{ printf "$hmac_outer_pad"; printf "$(escapes_of_hex "$hmac_inner" 0)"; } | sha256_of_stdin
}

sha256_of_stdin() { sha256sum | cut -d' ' -f1; }

# OpenWrt's BusyBox has hexdump, Debian has od.
hex_of_stdin() {
	if command -v od >/dev/null 2>&1; then od -An -v -tx1 | tr -d ' \n'; else hexdump -v -e '1/1 "%02x"'; fi
}

# escapes_of_hex HEX MASK: each byte, exclusive-or MASK, as the \ooo that printf turns into that byte.
escapes_of_hex() {
	hex=$1
	while [ -n "$hex" ]; do
		byte=$((0x${hex%"${hex#??}"} ^ $2))
		hex=${hex#??}
		printf '\\%d%d%d' $((byte >> 6)) $((byte >> 3 & 7)) $((byte & 7))
	done
}
