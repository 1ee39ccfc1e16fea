/** Every reason this folder may refuse a packet for, in the order the checks are made; metrics start each at zero. */
export const dropReasons = [
  // accept: the bytes are not a packet of RFC 2865 §3 and §5
  'datagram-too-short',
  'unknown-code',
  'length-too-short',
  'length-beyond-datagram',
  'attribute-too-short',
  'attribute-overflow',
  'too-many-attributes',
  'proxy-state-too-long',
  // verifyRequest and verifyResponse: whoever sent it did not show that it knows the secret
  'unexpected-code',
  'unexpected-identifier',
  'bad-request-authenticator',
  'bad-response-authenticator',
  'missing-message-authenticator',
  'repeated-message-authenticator',
  'malformed-message-authenticator',
  'bad-message-authenticator',
] as const

/** A stable string for logs and metric labels: never reworded, never reused for another meaning. */
export type DropReason = (typeof dropReasons)[number]
