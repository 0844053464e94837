import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import xterm from '@xterm/headless'
import { x } from 'tinyexec'

export interface PtyOptions {
  readonly columns: number
  readonly rows?: number
  readonly env: NodeJS.ProcessEnv
  /** For the name of the terminal. */
  readonly folder: string
}

/** A program in a terminal, and what a person sees of it. */
export interface Pty {
  /** Everything that the program has written, escape sequences and all. */
  raw(): string
  /** What the terminal shows, with what has scrolled away; without blanks at the ends. */
  screen(): string
  /** Keys. */
  type(keys: string): void
  /** Resolves when the screen matches; rejects when the program ends before. */
  until(pattern: RegExp): Promise<void>
  /** As somebody who draws at the window's corner. */
  resize(columns: number, rows: number): Promise<void>
  /** Ctrl-C of a person ends it, or this. */
  end(): Promise<number | null>
  readonly done: Promise<number | null>
}

let started = 0

/** Runs a shell command in a pseudo-terminal: util-linux' script makes it, xterm.js without a window shows it. */
export function startPty(command: string, { columns, rows = 40, env, folder }: PtyOptions): Pty {
  started += 1
  const name = join(folder, `tty-${started}`)
  // `exec`: signals of the terminal reach the program itself
  const inside = `stty cols ${columns} rows ${rows}; tty > ${name}.new; mv ${name}.new ${name}; exec ${command}`
  const child = spawn('script', ['--quiet', '--flush', '--return', '--command', inside, '/dev/null'], {
    env,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 10_000, allowProposedApi: true })
  let raw = ''
  const looks = new Set<() => void>()
  child.stdout.on('data', (piece: Buffer) => {
    raw += piece.toString('utf8')
    terminal.write(piece, () => {
      for (const look of looks) look()
    })
  })
  const done = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    // what was written last is shown before
    child.once('close', (code) => terminal.write('', () => resolve(code)))
  })
  const screen = () => shown(terminal)
  return {
    raw: () => raw,
    screen,
    type: (keys) => void child.stdin.write(keys),
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!pattern.test(screen())) return
          looks.delete(look)
          resolve()
        }
        looks.add(look)
        look()
        void done.then((code) => reject(new Error(`ended with ${code} before ${pattern}:\n${screen()}`)))
      }),
    async resize(cols, newRows) {
      if (!existsSync(name)) throw new Error('the terminal has no name yet: wait for its output first')
      terminal.resize(cols, newRows)
      await x('stty', ['-F', readFileSync(name, 'utf8').trim(), 'cols', String(cols), 'rows', String(newRows)], { throwOnError: true })
    },
    end: () => {
      child.stdin.end()
      child.kill('SIGTERM')
      return done
    },
    done,
  }
}

/** Lines that the terminal has wrapped stay apart, as they are seen. */
function shown({ buffer: { active } }: InstanceType<typeof xterm.Terminal>): string {
  const lines = Array.from({ length: active.length }, (_, index) => active.getLine(index)?.translateToString(true) ?? '')
  return lines.join('\n').trimEnd()
}
