import t from 'tap'
import { prove } from './proofs.ts'

prove(t, { runs: 50_000, mostSeconds: 300 })
