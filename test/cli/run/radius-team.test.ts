import t from 'tap'
import { RadiusTeam } from '../../../cli/run/radius-team.ts'

const ADDRESSES = ['127.0.0.1', '::1']

/** A process of the team, and what it was told. */
function member(peerPort: number | null) {
  const told: (readonly (number | null)[])[] = []
  return { peerPort, told, tellPeers: (ports: readonly (number | null)[]) => void told.push(ports) }
}

t.test('each worker has a place of its own, and all have one token', (t) => {
  const team = new RadiusTeam(3, ADDRESSES)
  t.same(team.names, ['radius-server 1', 'radius-server 2', 'radius-server 3'])
  const places = team.names.map((name) => team.placeOf(name)!)
  t.match(
    places,
    [0, 1, 2].map((index) => ({ index, size: 3, addresses: ADDRESSES })),
  )
  t.equal(new Set(places.map(({ token }) => token)).size, 1)
  t.equal(Buffer.from(places[0]!.token, 'base64').length, 32)
  t.not(
    new RadiusTeam(3, ADDRESSES).placeOf('radius-server 1')!.token,
    places[0]!.token,
    'another run’s is another',
  )
  t.end()
})

t.test('a single worker has no team, and other roles have none', (t) => {
  t.same(new RadiusTeam(1, ADDRESSES).names, ['radius-server 1'])
  t.equal(new RadiusTeam(1, ADDRESSES).placeOf('radius-server 1'), null)
  t.equal(new RadiusTeam(3, ADDRESSES).placeOf('portal'), null)
  t.end()
})

t.test('all are told when one comes, goes and comes back', (t) => {
  const team = new RadiusTeam(3, ADDRESSES)
  const [first, second] = [member(5001), member(5002)]
  team.came('radius-server 1', first)
  team.came('radius-server 2', second)
  team.came('portal', member(null))
  team.came('radius-server 2', second)
  t.same(first.told, [
    [5001, null, null],
    [5001, 5002, null],
  ])
  t.same(second.told, [[5001, 5002, null]], 'nothing is told twice')

  team.went('radius-server 2', second)
  t.same(first.told.at(-1), [5001, null, null])
  const again = member(5012)
  team.came('radius-server 2', again)
  t.same(first.told.at(-1), [5001, 5012, null])
  t.same(again.told, [[5001, 5012, null]])
  t.end()
})

t.test('the end of a process that was replaced takes nobody away', (t) => {
  const team = new RadiusTeam(2, ADDRESSES)
  const [first, old, fresh] = [member(5001), member(5002), member(5012)]
  team.came('radius-server 1', first)
  team.came('radius-server 2', old)
  team.came('radius-server 2', fresh)
  const told = first.told.length
  team.went('radius-server 2', old)
  t.equal(first.told.length, told)
  t.same(first.told.at(-1), [5001, 5012])
  t.end()
})
