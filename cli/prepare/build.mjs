import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { COMPILER } from './dependencies.mjs'
import { PrepareError } from './fault.mjs'
import { digest, isWritable, writeIfAllowed } from './files.mjs'
import { runProgram } from './run-program.mjs'

const SOURCE_FOLDERS = ['analytics', 'cli', 'console', 'core', 'portal', 'radius-server']
/** Size, time and digest of every source that dist/ was built from. */
const BUILD_STAMP = 'dist/.sources.json'
const BUILD_MEMORY = 'dist/.tsbuildinfo'

/** Whether dist/ is what the sources say, by size and time, and by content where the time differs. */
export function buildIsFresh(root) {
  const sources = listSources(root)
  if (sources.size === 0) return existsSync(join(root, 'dist'))
  const stamp = readStamp(root)
  if (stamp === null || !outputsExist(root, sources)) return false
  const touched = changedSince(stamp, sources, root)
  if (touched === null) return false
  if (touched) writeIfAllowed(join(root, BUILD_STAMP), JSON.stringify(stampOf(sources, root)))
  return true
}

/** null when sources differ from the stamp; else whether a mere copy or checkout gave some of them another time. */
function changedSince(stamp, sources, root) {
  if (Object.keys(stamp).length !== sources.size) return null
  let touched = false
  for (const [path, { size, mtimeMs }] of sources) {
    const was = stamp[path]
    if (was === undefined || was[0] !== size) return null
    if (was[1] === mtimeMs) continue
    if (was[2] !== digest(readFileSync(join(root, path)))) return null
    touched = true
  }
  return touched
}

/** Compiles and copies what differs, and removes from dist/ what has lost its source. @throws {PrepareError} */
export async function build(root, say) {
  // Taken before the compiler reads: an edit made meanwhile is seen as stale next time.
  const sources = listSources(root)
  const before = readStamp(root) ?? {}
  const stamp = stampOf(sources, root)
  if (!isWritable(root) || (existsSync(join(root, 'dist')) && !isWritable(join(root, 'dist'))))
    throw new PrepareError(
      `dist is missing or stale and ${root} cannot be written to: run it once as the owner of that folder`,
    )
  rmSync(join(root, BUILD_STAMP), { force: true })
  removeOrphans(root, sources)
  const changed = [...new Set([...Object.keys(before), ...sources.keys()])].filter(
    (path) => before[path]?.[2] !== stamp[path]?.[2],
  )
  const incomplete = !outputsExist(root, sources, isCompiled)
  if (incomplete || changed.some((path) => /\.(ts|json)$/.test(path))) {
    say('building (tsc)…')
    // The compiler trusts its memory of what it has written, even after somebody removed it.
    if (incomplete) rmSync(join(root, BUILD_MEMORY), { force: true })
    await compile(root)
  }
  for (const path of sources.keys())
    if (isCopied(path) && (changed.includes(path) || !existsSync(join(root, 'dist', path))))
      copyInto(root, path)
  writeFileSync(join(root, BUILD_STAMP), JSON.stringify(stamp))
}

async function compile(root) {
  if (!existsSync(join(root, COMPILER)))
    throw new PrepareError(`the compiler is missing (${COMPILER}): remove node_modules and run it again`)
  const colours = process.stderr.isTTY ? ['--pretty'] : []
  const done = await runProgram(process.execPath, [COMPILER, '-p', 'tsconfig.build.json', ...colours], root)
  if (done.code !== 0)
    throw new PrepareError('the sources do not compile; the compiler’s words are above', done.output)
}

/** They run from the clone alone, before there is a dist/. */
const isBootstrap = (path) => /^cli\/.*\.mjs$/.test(path)
const isCompiled = (path) => path.endsWith('.ts') && !path.endsWith('.d.ts')
const isCopied = (path) => !path.endsWith('.ts') && !path.startsWith('tsconfig') && !isBootstrap(path)
const outputOf = (path) => (isCompiled(path) ? path.replace(/\.ts$/, '.js') : path)

function outputsExist(root, sources, kind = (path) => isCompiled(path) || isCopied(path)) {
  const outputs = new Set(listFiles(join(root, 'dist')))
  for (const path of sources.keys()) if (kind(path) && !outputs.has(outputOf(path))) return false
  return true
}

function removeOrphans(root, sources) {
  const dist = join(root, 'dist')
  const wanted = new Set()
  for (const path of sources.keys()) {
    if (isCopied(path)) wanted.add(path)
    if (isCompiled(path)) wanted.add(outputOf(path)).add(`${outputOf(path)}.map`)
  }
  for (const path of listFiles(dist)) {
    if (wanted.has(path)) continue
    rmSync(join(dist, path), { force: true })
    removeEmptyFolders(dist, dirname(path))
  }
}

function removeEmptyFolders(dist, folder) {
  for (let at = folder; at !== '.'; at = dirname(at)) {
    try {
      rmdirSync(join(dist, at))
    } catch {
      return
    }
  }
}

function copyInto(root, path) {
  const target = join(root, 'dist', path)
  mkdirSync(dirname(target), { recursive: true })
  // A read-only file keeps its mode when copied, and would refuse the next copy.
  rmSync(target, { force: true })
  copyFileSync(join(root, path), target)
}

function listSources(root) {
  const sources = new Map()
  const add = (path) => sources.set(path, statSync(join(root, path)))
  for (const folder of SOURCE_FOLDERS)
    for (const path of listFiles(join(root, folder))) add(`${folder}/${path}`)
  // An image with dist/ alone has nothing to be stale against, whatever else was copied into it.
  if ([...sources.keys()].some(isCompiled))
    for (const path of ['tsconfig.json', 'tsconfig.build.json']) if (existsSync(join(root, path))) add(path)
  return [...sources.keys()].some(isCompiled) ? sources : new Map()
}

/** Paths of all files below, with `/`; dot files (editors' swap files, our stamps) left out. */
function listFiles(folder, prefix = '') {
  const paths = []
  for (const entry of readFolder(folder)) {
    if (entry.name.startsWith('.') || entry.name.endsWith('~') || entry.name === 'node_modules') continue
    const path = `${prefix}${entry.name}`
    if (entry.isDirectory()) paths.push(...listFiles(join(folder, entry.name), `${path}/`))
    else if (entry.isFile()) paths.push(path)
  }
  return paths
}

function readFolder(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    if (error.code === 'ENOENT') return []
    throw error
  }
}

function stampOf(sources, root) {
  const stamp = {}
  for (const [path, { size, mtimeMs }] of sources)
    stamp[path] = [size, mtimeMs, digest(readFileSync(join(root, path)))]
  return stamp
}

function readStamp(root) {
  try {
    return JSON.parse(readFileSync(join(root, BUILD_STAMP), 'utf8'))
  } catch {
    return null
  }
}
