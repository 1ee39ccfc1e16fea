import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { RunningContainer, spawnTied, type Container } from './container.ts'

/** Why there can be no laboratory here, or false. */
export const noLab = ((): string | false => {
  if (process.getuid?.() !== 0) return 'network namespaces need root'
  try {
    const words = ['--net', '--mount', '--pid', '--fork', 'ip', 'link', 'add', 'br0', 'type', 'bridge']
    execFileSync('unshare', words, { stdio: 'pipe' })
    execFileSync('setpriv', ['--version'], { stdio: 'pipe' })
    return false
  } catch (error) {
    return `no network namespaces here (${(error as Error).message.split('\n')[0]})`
  }
})()

const SUBNET = '10.89'

/**
 * Networks and containers that nobody else on this machine sees: network namespaces for each container, joined by
 * bridges in a further one, and mount and process namespaces around it all. Everything hangs on processes that the kernel
 * kills when this one ends, however it ends, and namespaces end with their last process: nothing is left behind.
 */
export class Lab {
  /** For what must be on a disk: volumes, secrets. Gone when the laboratory is closed. */
  readonly folder: string
  readonly #networks: readonly string[]
  readonly #members: Readonly<Record<string, readonly string[]>>
  readonly #holder: number
  readonly #running = new Set<RunningContainer>()

  private constructor(folder: string, members: Readonly<Record<string, readonly string[]>>, holder: number) {
    this.folder = folder
    this.#members = members
    this.#networks = [...new Set(Object.values(members).flat())]
    this.#holder = holder
  }

  /** @param members which networks each container is in. */
  static async open(members: Readonly<Record<string, readonly string[]>>): Promise<Lab> {
    const folder = mkdtempSync('/tmp/hotspot-compose-')
    // Its /run is its own, so `ip netns add` names nothing outside.
    const script = 'mount -t tmpfs tmpfs /run && ip link set lo up && echo ready && exec sleep infinity'
    const words = ['--net', '--mount', '--propagation', 'private', 'sh', '-ec', script]
    const child = spawnTied(['unshare', ...words], { PATH: process.env['PATH'] ?? '' })
    await firstLine(child.stdout)
    const lab = new Lab(folder, members, child.pid!)
    try {
      execFileSync('nsenter', [...lab.#inside, 'sh', '-e'], {
        input: lab.#wiring(),
        stdio: ['pipe', 'pipe', 'pipe'],
      })
      return lab
    } catch (error) {
      await lab.close()
      throw error
    }
  }

  /** The address of a container in a network that it is in. */
  addressIn(name: string, network: string): string {
    return `${SUBNET}.${this.#networks.indexOf(network)}.${10 + Object.keys(this.#members).indexOf(name)}`
  }

  async start(container: Container): Promise<RunningContainer> {
    const { name } = container
    const etc = join(this.folder, 'etc', name)
    mkdirSync(etc, { recursive: true })
    writeFileSync(join(etc, 'hosts'), this.#hosts(name))
    writeFileSync(join(etc, 'nsswitch.conf'), 'hosts: files\n')
    // initdb wants its user to have a name.
    writeFileSync(join(etc, 'passwd'), `root:x:0:0::/:/bin/sh\nuser:x:${container.user}::/:/bin/sh\n`)
    const into = ['nsenter', ...this.#inside, 'ip', 'netns', 'exec', name]
    const running = await RunningContainer.begin(container, { into, etc })
    this.#running.add(running)
    return running
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running].map((each) => each.kill('SIGKILL')))
    process.kill(this.#holder, 'SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }

  get #inside(): string[] {
    return ['--target', String(this.#holder), '--mount', '--net', '--']
  }

  #wiring(): string {
    const lines = this.#networks.flatMap((_, i) => [
      `ip link add br${i} type bridge`,
      `ip link set br${i} up`,
    ])
    for (const [k, name] of Object.keys(this.#members).entries()) {
      lines.push(`ip netns add ${name}`, `ip -n ${name} link set lo up`)
      for (const network of this.#members[name]!) {
        const i = this.#networks.indexOf(network)
        lines.push(
          `ip link add v${k}-${i} type veth peer name eth${i} netns ${name}`,
          `ip link set v${k}-${i} master br${i} up`,
          `ip -n ${name} addr add ${this.addressIn(name, network)}/24 dev eth${i}`,
          `ip -n ${name} link set eth${i} up`,
        )
      }
    }
    return lines.join('\n')
  }

  /** The names that an engine's DNS would know: whoever shares a network. */
  #hosts(name: string): string {
    const lines = ['127.0.0.1 localhost']
    for (const [other, networks] of Object.entries(this.#members)) {
      const shared = networks.find((network) => this.#members[name]!.includes(network))
      if (shared !== undefined) lines.push(`${this.addressIn(other, shared)} ${other}`)
    }
    return `${lines.join('\n')}\n`
  }
}

function firstLine(stream: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    createInterface({ input: stream })
      .once('line', resolve)
      .once('close', () => reject(new Error('it ended before it said anything')))
  })
}
