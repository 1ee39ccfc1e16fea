import type { Command } from '../command.ts'
import { command } from '../simulate.ts'

/** `./hotspot simulate`: a city of virtual gateways and phones. */
export const simulateVerb: Command = {
  verb: 'simulate',
  does: 'play visitors at virtual gateways against the running platform',
  usage: command.usage,
  run: command.run,
}
