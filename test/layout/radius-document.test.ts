// docs/radius.md says what proves each rule and names every reason to drop a packet: this holds it to its word.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'tap'
import ts from 'typescript'
import { dropReasons } from '../../radius-server/packet/reasons.ts'

const root = resolve(import.meta.dirname, '../..')
const text = readFileSync(join(root, 'docs/radius.md'), 'utf8')
const tables = tablesOf(text)
const known = reasonsOfServer()

interface Table {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

test('every test that the document names exists', (t) => {
  let named = 0
  for (const { columns, rows } of tables) {
    const [file, tests] = [columns.indexOf('file'), columns.indexOf('test')]
    if (tests < 0) continue
    for (const row of rows) {
      const cell = row[tests] ?? ''
      const names = [
        ...quoted(cell),
        ...(cell.includes('the same') ? quoted(row[file] ?? '').filter(isFile) : []),
      ]
      for (const name of names) t.ok(isTest(name), `${row[0]}: ${name}`)
      if (/\binterop\b/.test(cell)) t.ok(isTest('test/interop/radius'), `${row[0]}: interop`)
      named += names.length
    }
  }
  t.ok(named > 50, 'the walk finds the tables')
  t.end()
})

test('every file that the document names exists', (t) => {
  for (const { columns, rows } of tables) {
    const column = columns.indexOf('file')
    if (column < 0) continue
    for (const row of rows)
      for (const name of quoted(row[column] ?? '').filter((each) => each.includes('/')))
        t.ok(isFile(name), `${row[0]}: ${name}`)
  }
  t.end()
})

test('a rule without a test says in bold how we differ', (t) => {
  for (const { columns, rows } of tables) {
    const [tests, divergence] = [columns.indexOf('test'), columns.indexOf('divergence')]
    if (tests < 0 || divergence < 0) continue
    for (const row of rows)
      if (quoted(row[tests] ?? '').length === 0 && !/interop|the same/.test(row[tests] ?? ''))
        t.match(row[divergence], /\*\*/, row[0] ?? '')
  }
  t.end()
})

test('every reason to drop a packet is in the document, and no other', (t) => {
  const listed = tables
    .filter(({ columns }) => columns.includes('reasons'))
    .flatMap(({ columns, rows }) => rows.flatMap((row) => reasonsIn(row[columns.indexOf('reasons')] ?? '')))
  const documented = new Set([...listed, ...quoted(text)])
  t.ok(known.size > dropReasons.length, 'the server has reasons beside those of packets')
  for (const reason of known) t.ok(documented.has(reason), `${reason} is documented`)
  for (const reason of listed) t.ok(known.has(reason), `${reason} is a reason`)
  t.end()
})

test('every reason to drop a packet is met by a test', (t) => {
  const tests = filesOf('test/radius-server', '.test.ts').filter((file) => !file.endsWith('reasons.test.ts'))
  const met = [...tests, ...filesOf('test/vectors', '.txt')]
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n')
  for (const reason of known) t.ok(new RegExp(`'${reason}'|^(drop|proof): ${reason}$`, 'm').test(met), reason)
  t.end()
})

/** Reasons in backticks; one that ends in a dash stands for the last words of the full one behind it. */
function reasonsIn(cell: string): string[] {
  const words = quoted(cell).filter((word) => /^[a-z]+(-[a-z]+)*-?$/.test(word))
  return words.map((word, index) => {
    if (!word.endsWith('-')) return word
    const full = words.slice(index).find((each) => !each.endsWith('-')) ?? ''
    return `${word}${full.slice(full.indexOf('-') + 1)}`
  })
}

/** What the compiler knows of the first argument of `#drop` and of the reason in each answer of kind `drop`. */
function reasonsOfServer(): Set<string> {
  const files = filesOf('radius-server', '.ts').map((file) => join(root, file))
  const config = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path))
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root)
  const program = ts.createProgram(files, { ...options, noEmit: true })
  const checker = program.getTypeChecker()
  const reasons = new Set<string>(dropReasons)
  const add = (node: ts.Expression): void => {
    // Whatever an answer says was said where the answer was made.
    if (node.getText() === 'answer.reason') return
    const type = checker.getTypeAtLocation(node)
    for (const each of type.isUnion() ? type.types : [type]) {
      if (!each.isStringLiteral())
        throw new Error(`${node.getText()} may be more than the reasons that are known`)
      reasons.add(each.value)
    }
  }
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const [reason] = node.arguments
      if (node.expression.name.text === '#drop' && reason) add(reason)
    }
    if (ts.isObjectLiteralExpression(node)) {
      const given = new Map(
        node.properties.flatMap((each) =>
          ts.isPropertyAssignment(each) ? [[each.name.getText(), each.initializer]] : [],
        ),
      )
      const reason = given.get('reason')
      if (given.get('kind')?.getText() === "'drop'" && reason) add(reason)
    }
    ts.forEachChild(node, visit)
  }
  for (const file of files) visit(program.getSourceFile(file)!)
  return reasons
}

function tablesOf(document: string): Table[] {
  return document
    .split(/\n(?!\|)/)
    .map((part) => part.split('\n').filter((line) => line.startsWith('|')))
    .filter((lines) => lines.length > 2)
    .map((lines) => {
      const [columns = [], , ...rows] = lines.map((line) =>
        line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      )
      return { columns, rows }
    })
}

function quoted(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word!)
}

/** A name of the third column: a test of `test/radius-server` or of `test/core`, or a path; a folder, or `folder/*`, has tests. */
function isTest(name: string): boolean {
  const file = name.startsWith('test/')
    ? name
    : name.startsWith('core/')
      ? `test/${name}`
      : `test/radius-server/${name}`
  const path = join(root, file).replace(/\/\*$/, '')
  if (existsSync(`${path}.test.ts`)) return true
  return existsSync(path) && statSync(path).isDirectory() && filesUnder(path, '.test.ts').length > 0
}

/** A name of the second column: a source of `radius-server` or of `core`, a folder, or a pattern of files. */
function isFile(name: string): boolean {
  const path = join(root, name.startsWith('core/') ? name : `radius-server/${name}`)
  const [folder = '', within] = path.split('/*/')
  if (within === undefined) return existsSync(path) || existsSync(`${path}.ts`)
  return readdirSync(folder).some((each) => existsSync(join(folder, each, `${within}.ts`)))
}

function filesOf(folder: string, end: string): string[] {
  return filesUnder(join(root, folder), end).map((file) => join(folder, file))
}

function filesUnder(folder: string, end: string): string[] {
  return (readdirSync(folder, { recursive: true }) as string[]).filter((name) => name.endsWith(end))
}
