import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

/** A container without an engine: what `docker run` would be told. */
export interface Container {
  readonly name: string
  /** `uid:gid` */
  readonly user: string
  readonly environment: Readonly<Record<string, string>>
  readonly workdir: string
  readonly command: readonly string[]
  readonly readOnly: boolean
  /** Paths of this machine and where they are in the container. */
  readonly binds: readonly { readonly from: string; readonly to: string; readonly writable?: boolean }[]
  /** `/path:mount options` */
  readonly tmpfs: readonly string[]
}

/** What the shell calls itself that lays out a root folder. */
const LAYING_OUT = 'laying-out'
/** A busy machine may take its time. */
const START_MS = 30_000

type Tied = ChildProcessByStdio<Writable, Readable, Readable>

export class RunningContainer {
  readonly ended: Promise<string>
  /** All it has said, for the report of a failure. */
  output = ''
  readonly #container: Container
  readonly #child: Tied
  #init = 0

  private constructor(container: Container, child: Tied) {
    this.#container = container
    this.#child = child
    child.stderr.on('data', (chunk: Buffer) => (this.output += chunk.toString()))
    child.stdout.on('data', (chunk: Buffer) => (this.output += chunk.toString()))
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message))
      child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`))
    })
  }

  /** @param where words that lead into its network namespace, and the folder that becomes its /etc. */
  static async begin(
    container: Container,
    { into, etc }: { into: readonly string[]; etc: string },
  ): Promise<RunningContainer> {
    const spaces = '--mount --pid --ipc --uts --fork --kill-child --propagation private'.split(' ')
    const layOut = ['sh', '-ec', rootOf(container, etc), LAYING_OUT]
    const line = [...into, 'unshare', ...spaces, ...layOut, ...enter(container)]
    const running = new RunningContainer(container, spawnTied(line, environmentOf(container)))
    if (await running.#findInit()) return running
    const how = await running.kill('SIGKILL')
    throw new Error(`${container.name} did not begin (${how}): ${running.output}`)
  }

  get stdin(): Writable {
    return this.#child.stdin
  }

  get stdout(): Readable {
    return this.#child.stdout
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** Signals its first process, as `docker stop` and `docker kill` do. With that process end all others in it. */
  async kill(signal: NodeJS.Signals): Promise<string> {
    if (signal === 'SIGKILL') this.#child.kill(signal)
    else if (!this.hasEnded) process.kill(this.#init, signal)
    const how = await this.ended
    // Killed with its parent, it ends a moment later.
    while (/\) [^Z]/.test(readProc(`${this.#init}/stat`))) await sleep(10)
    return how
  }

  /** Runs a program beside it, as `docker exec` does. */
  exec(command: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const spaces = '--mount --net --pid --ipc --uts --root --wd=/ --'.split(' ')
    const into = ['nsenter', '--target', String(this.#init), ...spaces]
    const line = [...into, ...enter(this.#container, command)]
    const child = spawnTied(line, environmentOf(this.#container))
    child.stdin.end()
    const said = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()))
    return new Promise((resolve) => child.once('close', (code) => resolve({ code: code ?? -1, ...said })))
  }

  async #findInit(): Promise<boolean> {
    const { pid } = this.#child
    for (const end = Date.now() + START_MS; Date.now() < end && !this.hasEnded;) {
      const [init = ''] = readProc(`${pid}/task/${pid}/children`).split(' ')
      const line = init && readProc(`${init}/cmdline`)
      if (line && !line.startsWith('unshare\0') && !line.includes(`\0${LAYING_OUT}\0`)) {
        this.#init = Number(init)
        return true
      }
      await sleep(20)
    }
    return false
  }
}

function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'utf8')
  } catch {
    return ''
  }
}

const environmentOf = ({ environment }: Container): Record<string, string> => ({
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/',
  ...environment,
})

/** Becomes the container's user, without a capability or a way to get one, and runs the command in its folder. */
const enter = ({ user, workdir, command }: Container, instead: readonly string[] = command): string[] => {
  const [uid = '', gid = ''] = user.split(':')
  const rights = ['--clear-groups', '--no-new-privs', '--bounding-set=-all', '--inh-caps=-all']
  // The wish to die with its parent does not survive a change of user.
  const line = ['setpriv', '--pdeathsig', 'KILL', '--reuid', uid, '--regid', gid, ...rights]
  return [...line, 'env', '-C', workdir, ...instead]
}

/** A shell script that lays out the root folder of a container at /mnt and goes there. */
function rootOf({ readOnly, binds, tmpfs }: Container, etc: string): string {
  const quoted = (path: string): string => `'${path.replaceAll("'", "'\\''")}'`
  const bind = (from: string, to: string, writable = false): string[] => [
    `if [ -d ${quoted(from)} ]; then mkdir -p /mnt${to}; else mkdir -p "$(dirname /mnt${to})"; : >/mnt${to}; fi`,
    `mount --bind ${quoted(from)} /mnt${to}`,
    ...(writable ? [] : [`mount -o remount,bind,ro /mnt${to}`]),
  ]
  return [
    'mount -t tmpfs -o mode=755 tmpfs /mnt',
    // This machine's programs stand in for those of the images.
    ...bind('/usr', '/usr'),
    'for each in /bin /sbin /lib /lib64; do if [ -L $each ]; then cp -P $each /mnt; fi; done',
    ...bind(etc, '/etc'),
    'mkdir /mnt/proc /mnt/dev /mnt/dev/shm',
    'mount -t proc proc /mnt/proc',
    'mount -t tmpfs tmpfs /mnt/dev/shm',
    'for each in null zero full random urandom; do : >/mnt/dev/$each; mount --bind /dev/$each /mnt/dev/$each; done',
    'ln -s /proc/self/fd /mnt/dev/fd',
    ...tmpfs.flatMap((each) => {
      const [path = '', options = ''] = each.split(':')
      return [
        `mkdir -p /mnt${path}`,
        `mount -t tmpfs -o nosuid,nodev,noexec${options && `,${options}`} tmpfs /mnt${path}`,
      ]
    }),
    ...binds.flatMap(({ from, to, writable }) => bind(from, to, writable)),
    ...(readOnly ? ['mount -o remount,ro /mnt'] : []),
    'exec chroot /mnt "$@"',
  ].join('\n')
}

/** A process that the kernel kills when this one is gone. */
export function spawnTied(line: readonly string[], env: Readonly<Record<string, string>>): Tied {
  return spawn('setpriv', ['--pdeathsig', 'KILL', ...line], { env, stdio: ['pipe', 'pipe', 'pipe'] })
}
