/** Why the clone cannot be made ready: one sentence for the person at the terminal; `output` is the tool's own words. */
export class PrepareError extends Error {
  constructor(message, output = '') {
    super(message)
    this.name = 'PrepareError'
    this.output = output
  }
}

/** Prints why it failed: the tool's own words first, our sentence last. */
export function reportPrepareError(error) {
  if (!(error instanceof PrepareError)) throw error
  if (error.output) process.stderr.write(error.output.endsWith('\n') ? error.output : `${error.output}\n`)
  process.stderr.write(`hotspot: ${error.message}\n`)
}
