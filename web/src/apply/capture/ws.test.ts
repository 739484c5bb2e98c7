import { expect, it } from 'vitest'
import { type Challenge, FRAME_BYTES_MAX, type Lost, pack, sha256, type Socket, socketAddress, talk, type Told } from './ws'

const challenge: Challenge = {
  id: 'lvn_1',
  ticket: 'secret',
  socket_path: '/api/v1/liveness/lvn_1/socket',
  protocol: 'shiming.liveness.v1',
  expires_at: '',
}
const caps = { more_time: false, vibration: true, reduced_motion: false }

class Fake implements Socket {
  binaryType = ''
  bufferedAmount = 0
  readyState = 0
  onopen: Socket['onopen'] = null
  onmessage: Socket['onmessage'] = null
  onclose: Socket['onclose'] = null
  sent: (string | Uint8Array)[] = []
  closed = false
  send(data: string | Uint8Array) {
    this.sent.push(data)
  }
  close() {
    this.closed = true
  }
  open() {
    this.readyState = 1
    this.onopen?.({} as never)
  }
  say(told: unknown) {
    this.onmessage?.({ data: JSON.stringify(told) } as never)
  }
  end(code: number) {
    this.readyState = 3
    this.onclose?.({ code } as never)
  }
}

function begun() {
  const socket = new Fake()
  const heard: (Told | Lost)[] = []
  const line = talk(socket, challenge, caps, { told: (told) => heard.push(told), lost: (why) => heard.push(why) })
  return { socket, heard, line }
}

it('packs a frame as the service reads it', () => {
  const bytes = pack(258, 772, new Uint8Array([7, 8]))
  expect([...bytes]).toEqual([1, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 3, 4, 7, 8])
})

it('says the ticket in its first message and never in an address', () => {
  const { socket } = begun()
  expect(socket.sent).toEqual([])
  socket.open()
  expect(JSON.parse(socket.sent[0] as string)).toEqual({ type: 'hello', ticket: 'secret', caps })
  expect(socketAddress({ protocol: 'https:', host: 'id.example.org' }, challenge.socket_path)).toBe(
    'wss://id.example.org/api/v1/liveness/lvn_1/socket',
  )
  expect(socketAddress({ protocol: 'http:', host: '127.0.0.1:8080' }, '/x')).toBe('ws://127.0.0.1:8080/x')
})

it('sends the newest frame and lets old ones go', () => {
  const { socket, line } = begun()
  const jpeg = new Uint8Array([1])
  expect(line.frame(jpeg, 1)).toBe(false)
  socket.open()
  expect(line.frame(jpeg, 2)).toBe(true)
  socket.bufferedAmount = 10
  expect(line.frame(jpeg, 3)).toBe(false)
  socket.bufferedAmount = 0
  expect(line.frame(new Uint8Array(FRAME_BYTES_MAX + 1), 4)).toBe(false)
  expect(line.frame(jpeg, 5)).toBe(true)
  const numbers = socket.sent.slice(1).map((frame) => (frame as Uint8Array)[5])
  expect(numbers).toEqual([1, 2])
})

it('hears one end and nothing after it', () => {
  const { socket, heard, line } = begun()
  socket.open()
  socket.say({ type: 'hint', code: 'hold' })
  socket.say({ type: 'something new' })
  socket.say({ type: 'result', outcome: 'pass' })
  socket.say({ type: 'hint', code: 'hold' })
  socket.end(1000)
  expect(heard).toEqual([
    { type: 'hint', code: 'hold' },
    { type: 'result', outcome: 'pass' },
  ])
  expect(line.frame(new Uint8Array([1]), 1)).toBe(false)
})

it.each<[number, Lost]>([
  [1006, 'lost'],
  [1011, 'lost'],
  [4401, 'ticket'],
  [4408, 'time'],
  [4409, 'replaced'],
  [4429, 'busy'],
])('tells why it closed: %i', (code, why) => {
  const { socket, heard } = begun()
  socket.open()
  socket.end(code)
  socket.end(code)
  expect(heard).toEqual([why])
})

it('hears nothing once the page has gone', () => {
  const { socket, heard, line } = begun()
  socket.open()
  line.close()
  socket.end(1000)
  expect([socket.closed, heard]).toEqual([true, []])
})

it('hashes a picture as the service does', async () => {
  expect(await sha256(new Blob(['abc']))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})
