/** A fault that the person who started the program can mend: `message` says what was tried and what to do. */
export class SetupError extends Error {
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'SetupError'
    this.code = code
  }
}

/** A store did not do what it was asked; `cause` keeps its own words. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
}
