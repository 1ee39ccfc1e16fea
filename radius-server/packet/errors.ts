export type PacketErrorCode =
  | 'attribute-malformed'
  | 'attribute-reserved'
  | 'authenticator-malformed'
  | 'packet-too-long'
  | 'password-malformed'
  | 'secret-malformed'

/** A mistake of our own code or configuration, never of a packet: those are refused with a `DropReason`, not thrown. */
export class PacketError extends Error {
  override readonly name = 'PacketError'
  readonly code: PacketErrorCode

  constructor(code: PacketErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
