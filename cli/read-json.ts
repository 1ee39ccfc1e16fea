import { readFileSync } from 'node:fs'
import { SetupError } from '../core/process/errors.ts'

/** The JSON of a file, or of standard input for `-`. @throws SetupError saying what is wrong with it. */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8'))
  } catch (cause) {
    throw new SetupError(
      'bad-json',
      `${file === '-' ? 'Standard input' : file} cannot be read as JSON: ${(cause as Error).message}`,
      { cause },
    )
  }
}
