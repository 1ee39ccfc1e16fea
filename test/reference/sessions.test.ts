import t from 'tap'
import { prove } from './proofs.ts'

// Thousands of cities in all, and no more than half a minute where the machine is slow.
prove(t, { runs: 800, mostSeconds: 5 })
