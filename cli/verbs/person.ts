import { createInterface } from 'node:readline/promises'
import { SetupError } from '../../core/process/errors.ts'
import { audit } from '../../core/records/audit.ts'
import {
  addPerson,
  isNameTaken,
  listPeople,
  ROLES,
  setPassword,
  setRole,
  type Role,
} from '../../core/records/people.ts'
import { PASSWORD_LEAST, PASSWORD_MOST } from '../../core/records/password.ts'
import { resetFactor } from '../../core/records/second-factor.ts'
import { StaffStore } from '../../core/store/staff.ts'
import { printRows, readArguments, UsageError, type Command } from '../command.ts'
import { connected, ON_COMMAND_LINE, type Connected } from '../connected.ts'

/** `./hotspot person`: who signs in to the console. */
export const person: Command = {
  verb: 'person',
  does: 'add people who sign in to the console, set roles and passwords',
  usage: `
usage: ./hotspot person list [--json]
       ./hotspot person add NAME --role ${ROLES.join('|')} [--site ID]…
       ./hotspot person role NAME ROLE [--site ID]…
       ./hotspot person password NAME
       ./hotspot person reset-factor NAME

role           sets the role, and the sites where any are given
password       sets the password, and ends the sessions of that person
reset-factor   takes the second factor of somebody who lost it, and ends his sessions; city and operator
               set up a new one when they sign in

A password is read from standard input: one line, at least ${PASSWORD_LEAST} characters.`,
  async run(argv) {
    const [action, ...rest] = argv
    if (action === 'list') return list(rest)
    if (action === 'add') return add(rest)
    if (action === 'role') return role(rest)
    if (action === 'password') return password(rest)
    if (action === 'reset-factor') return factor(rest)
    throw new UsageError('say list, add, role, password or reset-factor')
  },
}

async function list(argv: readonly string[]): Promise<number> {
  const { values } = readArguments(argv, { json: { type: 'boolean', default: false } })
  return connected(async ({ records }) => {
    printRows(
      (await listPeople(records)).map(({ name, role, sites, hasSecondFactor }) => ({
        name,
        role,
        sites,
        secondFactor: hasSecondFactor,
      })),
      values.json,
    )
    return 0
  })
}

async function add(argv: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(argv, {
    role: { type: 'string' },
    site: { type: 'string', multiple: true },
  })
  const [name] = positionals
  if (!name) throw new UsageError('name the person')
  const role = roleOf(values.role)
  const secret = await readPassword()
  return connected(async ({ records }) => {
    try {
      await addPerson(records, { name, role, sites: values.site ?? [] }, secret)
    } catch (error) {
      if (!isNameTaken(error)) throw error
      throw new SetupError('name-taken', `There is a person "${name}" already.`)
    }
    await audit(records, ON_COMMAND_LINE, 'person.add', name, { role })
    process.stdout.write(`added ${name}\n`)
    return 0
  })
}

async function role(argv: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(argv, { site: { type: 'string', multiple: true } })
  const [name, given] = positionals
  if (!name) throw new UsageError('name the person')
  const wanted = roleOf(given)
  return changed(name, 'person.role', ({ records }) => setRole(records, name, wanted, values.site))
}

async function password(argv: readonly string[]): Promise<number> {
  const [name] = readArguments(argv, {}).positionals
  if (!name) throw new UsageError('name the person')
  const secret = await readPassword()
  return changed(name, 'person.password', async (to) =>
    signedOut(to, await setPassword(to.records, name, secret)),
  )
}

async function factor(argv: readonly string[]): Promise<number> {
  const [name] = readArguments(argv, {}).positionals
  if (!name) throw new UsageError('name the person')
  return changed(name, 'person.reset-factor', async (to) =>
    signedOut(to, await resetFactor(to.records, name)),
  )
}

/** Ends the sessions of somebody who was found; false when nobody was. */
async function signedOut({ store }: Connected, person: string | null): Promise<boolean> {
  if (person === null) return false
  await new StaffStore(store).endAll(person)
  return true
}

async function changed(
  name: string,
  what: string,
  change: (to: Connected) => Promise<boolean>,
): Promise<number> {
  return connected(async (to) => {
    if (!(await change(to)))
      throw new SetupError('no-person', `There is no person "${name}": ./hotspot person list shows them.`)
    await audit(to.records, ON_COMMAND_LINE, what, name)
    process.stdout.write(`changed ${name}\n`)
    return 0
  })
}

function roleOf(given: string | undefined): Role {
  if (!ROLES.includes(given as Role)) throw new UsageError(`a role is one of ${ROLES.join(', ')}`)
  return given as Role
}

async function readPassword(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('password: ')
  const lines = createInterface({ input: process.stdin })
  for await (const line of lines) {
    lines.close()
    if (line.length < PASSWORD_LEAST || line.length > PASSWORD_MOST)
      throw new UsageError(`a password has ${PASSWORD_LEAST} to ${PASSWORD_MOST} characters`)
    return line
  }
  throw new UsageError('no password came on standard input')
}
