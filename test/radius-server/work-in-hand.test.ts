import t from 'tap'
import { WorkInHand } from '../../radius-server/work-in-hand.ts'

/** What docs/radius.md promises. */
const MOST = 4096
const MOST_OF_ONE = 1024

const take = (work: WorkInHand, nas: string, times: number): void => {
  for (let i = 0; i < times; i++) if (work.begin(nas)) throw new Error(`${nas} was refused at ${i}`)
}

t.test('one NAS has a quarter of all there is, and what it may not have the others can', (t) => {
  const work = new WorkInHand()
  take(work, 'flood', MOST_OF_ONE)
  t.equal(work.begin('flood'), 'nas-overload')
  t.equal(work.begin('quiet'), null)
  t.equal(work.size, MOST_OF_ONE + 1, 'what was refused is not in hand')
  t.end()
})

t.test('what is done makes room for as much, of that NAS and in all', (t) => {
  const work = new WorkInHand()
  take(work, 'flood', MOST_OF_ONE)
  work.end('flood')
  t.equal(work.begin('flood'), null)
  t.equal(work.begin('flood'), 'nas-overload')
  for (let i = 0; i < MOST_OF_ONE; i++) work.end('flood')
  t.equal(work.size, 0)
  take(work, 'flood', MOST_OF_ONE)
  t.end()
})

t.test('in all there is a bound, too, whoever asks', (t) => {
  const work = new WorkInHand()
  for (let nas = 0; nas < MOST / MOST_OF_ONE; nas++) take(work, `nas-${nas}`, MOST_OF_ONE)
  t.equal(work.size, MOST)
  t.equal(work.begin('another'), 'overload')
  t.equal(work.begin('nas-0'), 'overload')
  work.end('nas-0')
  t.equal(work.begin('another'), null)
  t.end()
})
