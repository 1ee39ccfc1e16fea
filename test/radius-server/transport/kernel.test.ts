import t from 'tap'
import { Registry } from '../../../core/process/metrics.ts'
import {
  bufferAdvice,
  measureKernelDrops,
  measureReceiveBuffer,
} from '../../../radius-server/transport/kernel.ts'
import { listenUdp } from '../../../radius-server/transport/udp.ts'
import { nasSocket } from '../running.ts'
import { until } from '../../support/stores.ts'

const valueOf = async (registry: Registry, name: string): Promise<number | undefined> =>
  (await registry.getSingleMetric(name)!.get()).values[0]?.value

const drops = (registry: Registry) => valueOf(registry, 'hotspot_radius_kernel_dropped_total')

t.test('what the kernel drops when a receive buffer is full is counted, of that socket alone', async (t) => {
  for (const [address, other] of [
    ['127.3.0.1', '127.3.0.2'],
    ['::1', '127.3.0.2'],
  ] as const) {
    let received = 0
    const listening = await listenUdp(
      { addresses: [address, other], port: 0, setting: 'RADIUS_AUTH_PORT', firstNumber: 0, libc: null },
      () => received++,
      null,
    )
    t.teardown(() => listening.stop())
    const [flooded, calm] = [new Registry(), new Registry()]
    measureKernelDrops(flooded, [listening.sockets[0]!])
    measureKernelDrops(calm, [listening.sockets[1]!])
    t.equal(await drops(flooded), 0)
    const nas = await nasSocket(t, address)
    // All are sent before this process reads one: many times what fits.
    const sent = Math.ceil(listening.sockets[0]!.receiveBuffer / 1000)
    for (let i = 0; i < sent; i++) nas.send(Buffer.alloc(4000), listening.port, address)
    let dropped = 0
    await until(async () => {
      dropped = (await drops(flooded))!
      return received + dropped === sent
    }, 'each is read or dropped')
    t.ok(dropped > 0, `${dropped} of ${sent} were dropped at ${address}`)
    t.equal(await drops(flooded), dropped, 'asked again it is no more')
    t.equal(await drops(calm), 0)
  }
})

t.test('the smallest receive buffer is told', async (t) => {
  const registry = new Registry()
  measureReceiveBuffer(registry, [{ receiveBuffer: 8_388_608 }, { receiveBuffer: 425_984 }])
  t.equal(await valueOf(registry, 'hotspot_radius_receive_buffer_bytes'), 425_984)
})

// 212,992 octets is what Linux allows as it comes; it tells the double.
t.test('a receive buffer of less than half of what was asked for has its advice', (t) => {
  t.match(bufferAdvice(2 * 212_992), /425984 octets.*net\.core\.rmem_max to 4194304/)
  t.match(bufferAdvice(4_194_303), /rmem_max/)
  t.equal(bufferAdvice(4_194_304), null)
  t.equal(bufferAdvice(8_388_608), null)
  t.end()
})
