import { createInterface } from 'node:readline/promises'
import { SetupError } from '../../core/process/errors.ts'
import { audit } from '../../core/records/audit.ts'
import {
  addPerson,
  listPeople,
  PASSWORD_LEAST,
  ROLES,
  setPassword,
  setRole,
  type Role,
} from '../../core/records/people.ts'
import { printRows, readArguments, UsageError, type Command } from '../command.ts'
import { connected, ON_COMMAND_LINE } from '../connected.ts'

/** `./hotspot person`: who signs in to the console. */
export const person: Command = {
  verb: 'person',
  does: 'add people who sign in to the console, set roles and passwords',
  usage: `
usage: ./hotspot person list [--json]
       ./hotspot person add NAME --role ${ROLES.join('|')} [--site ID]…
       ./hotspot person role NAME ROLE
       ./hotspot person password NAME

A password is read from standard input: one line, at least ${PASSWORD_LEAST} characters.`,
  async run(argv) {
    const [action, ...rest] = argv
    if (action === 'list') return list(rest)
    if (action === 'add') return add(rest)
    if (action === 'role') return role(rest)
    if (action === 'password') return password(rest)
    throw new UsageError('say list, add, role or password')
  },
}

async function list(argv: readonly string[]): Promise<number> {
  const { values } = readArguments(argv, { json: { type: 'boolean', default: false } })
  return connected(async ({ records }) => {
    printRows(
      (await listPeople(records)).map((each) => ({ name: each.name, role: each.role, sites: each.sites })),
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
    if ((await listPeople(records)).some((each) => each.name === name))
      throw new SetupError('name-taken', `There is a person "${name}" already.`)
    await addPerson(records, { name, role, sites: values.site ?? [] }, secret)
    await audit(records, ON_COMMAND_LINE, 'person.add', name, { role })
    process.stdout.write(`added ${name}\n`)
    return 0
  })
}

async function role(argv: readonly string[]): Promise<number> {
  const [name, given] = readArguments(argv, {}).positionals
  if (!name) throw new UsageError('name the person')
  const wanted = roleOf(given)
  return changed(name, 'person.role', ({ records }) => setRole(records, name, wanted))
}

async function password(argv: readonly string[]): Promise<number> {
  const [name] = readArguments(argv, {}).positionals
  if (!name) throw new UsageError('name the person')
  const secret = await readPassword()
  return changed(name, 'person.password', ({ records }) => setPassword(records, name, secret))
}

async function changed(
  name: string,
  what: string,
  change: (to: Parameters<Parameters<typeof connected>[0]>[0]) => Promise<boolean>,
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
    if (line.length < PASSWORD_LEAST)
      throw new UsageError(`a password has at least ${PASSWORD_LEAST} characters`)
    return line
  }
  throw new UsageError('no password came on standard input')
}
