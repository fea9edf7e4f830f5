//! The service, with a Python program as its client.

#[path = "../../examples/service.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "its main is not called, and it is documented by its comments"
)]
mod example;

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::Command,
    thread,
};

/// A client without any package: the protocol by hand, `shop` as a module of its own.
const PROGRAM: &str = r#"
import dataclasses, datetime, pickle, socket, sys, types

shop = sys.modules['shop'] = types.ModuleType('shop')

@dataclasses.dataclass
class Order:
    id: int
    items: list
    shipped: datetime.datetime = None
    notes: object = None
Order.__module__, shop.Order = 'shop', Order

sock = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
file = sock.makefile('rb')

def call(*args):
    args = [arg if isinstance(arg, bytes) else arg.encode() for arg in args]
    sock.sendall(b'*%d\r\n' % len(args) + b''.join(b'$%d\r\n%s\r\n' % (len(arg), arg) for arg in args))
    line = file.readline()
    if line[:1] == b'-':
        raise ValueError(line[1:].decode().strip())
    if line[:1] != b'$':
        return line[1:].strip()
    length = int(line[1:])
    return None if length < 0 else file.read(length + 2)[:-2]

assert call('PING') == b'PONG'
assert call('GET', 'nothing') is None

# What Rust wrote is an instance of our class.
first = pickle.loads(call('GET', 'order:1'))
assert type(first) is Order and first == Order(1, ['BK-42', 'PN-7']), first

# What we write, Rust reads, changes and writes again: with what it does not know.
for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
    order = Order(2, ['PN-7'], None, {'gift': (1, b'\xff'), 'seen': {3}})
    assert call('SET', 'order:2', pickle.dumps(order, protocol)) == b'OK'
    assert call('SHIP', 'order:2', '2026-03-01T12:00:00+01:00') == b'OK'
    back = pickle.loads(call('GET', 'order:2'))
    zone = datetime.timezone(datetime.timedelta(hours=1))
    assert type(back) is Order and back.shipped == datetime.datetime(2026, 3, 1, 12, tzinfo=zone), back
    assert back.shipped.utcoffset() == datetime.timedelta(hours=1)
    assert (back.id, back.items, back.notes) == (order.id, order.items, order.notes)
    # And once more, now that it has a date.
    assert call('SHIP', 'order:2', '2026-03-02T00:00:00') == b'OK'
    assert pickle.loads(call('GET', 'order:2')).shipped == datetime.datetime(2026, 3, 2)

# What does not fit is said, and the service goes on.
call('SET', 'bad', pickle.dumps({'id': 'seven', 'items': []}))
try:
    call('SHIP', 'bad', '2026-03-01T12:00:00')
    raise SystemExit('shipped')
except ValueError as error:
    assert 'id: invalid type: string "seven", expected u64' in str(error), error
call('SET', 'evil', b"cos\nsystem\n(S'exit 1'\ntR.")
try:
    call('SHIP', 'evil', '2026-03-01T12:00:00')
    raise SystemExit('shipped')
except ValueError as error:
    pass
assert call('DEL', 'bad') == b'1' and call('DEL', 'bad') == b'0'
print('all is well')
"#;

#[test]
fn shared_with_python() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || example::serve(&listener));
    let output = match Command::new("python3").args(["-c", PROGRAM, &port.to_string()]).output() {
        Ok(output) => output,
        Err(error) => {
            assert!(std::env::var_os("CI").is_none(), "python3: {error}");
            return;
        }
    };
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{err}");
    assert_eq!(out.trim(), "all is well");
    // Whoever speaks otherwise is sent away, and takes nobody along.
    for nonsense in [&b"*1\r\n$99999999999\r\n"[..], b"*99\r\n", b"hello\r\n"] {
        let mut client = TcpStream::connect(("127.0.0.1", port)).unwrap();
        client.write_all(nonsense).unwrap();
        let mut left = Vec::new();
        assert_eq!(client.read_to_end(&mut left).unwrap_or(0), 0);
    }
    let mut client = TcpStream::connect(("127.0.0.1", port)).unwrap();
    client.write_all(b"*1\r\n$4\r\nPING\r\n").unwrap();
    let mut pong = [0; 7];
    client.read_exact(&mut pong).unwrap();
    assert_eq!(&pong, b"+PONG\r\n");
}
