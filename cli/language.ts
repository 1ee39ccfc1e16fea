import { isLang, type Lang } from '../console/messages.ts'
import { UsageError } from './command.ts'

/** The language that `--lang` names, else the terminal's: the first of these that is set, as POSIX has it. @throws UsageError */
export function languageOf(given: string | undefined, environment: NodeJS.ProcessEnv): Lang {
  const { LC_ALL, LC_MESSAGES, LANG } = environment
  if (given === undefined) return /^vi/i.test(LC_ALL || LC_MESSAGES || LANG || '') ? 'vi' : 'en'
  if (!isLang(given)) throw new UsageError(`--lang takes vi or en, not "${given}"`)
  return given
}
