use std::io::{BufRead as _, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

/// Somebody else's server, running for one test.
pub struct Peer {
    child: Child,
    pub port: u16,
    said: BufReader<ChildStdout>,
}

impl Peer {
    /// An SMTP server. Its first line is its port, each further line a mail it took, as JSON.
    pub fn smtp(options: &[&str]) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/smtp_peer.py");
        let mut peer = Self::start(Command::new(peers().join("bin/python")).arg(script).args(options), 0);
        peer.port = peer.line().trim().parse().expect("the SMTP peer says its port first");
        peer
    }

    /// An S3 server with one empty bucket, `photos`.
    pub fn s3() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port();
        let peer = Self::start(
            Command::new(peers().join("bin/moto_server")).args(["-H", "127.0.0.1", "-p", &port.to_string()]).stderr(Stdio::null()),
            port,
        );
        for _ in 0..300 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                assert!(peer.http("PUT", "/photos").starts_with("HTTP/1.1 200"), "moto makes a bucket");
                return peer;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("moto did not listen within 30 s");
    }

    fn start(command: &mut Command, port: u16) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the peer's program runs");
        let said = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, port, said }
    }

    /// The next line it printed.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.said.read_line(&mut line).expect("reads");
        line
    }

    /// A request spoken by hand, so that the answer is the peer's own view. Moto asks for a signature and believes it.
    pub fn http(&self, method: &str, path: &str) -> String {
        use std::io::{Read as _, Write as _};
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("connects");
        write!(stream, "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\nConnection: close\r\n{SIGNED}\r\n\r\n")
            .expect("asks");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("is answered");
        String::from_utf8_lossy(&answer).into_owned()
    }
}

const SIGNED: &str = "Authorization: AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The Python environment with both servers in it.
fn peers() -> PathBuf {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/peers.sh");
    let output = Command::new("bash").arg(script).stderr(Stdio::inherit()).output().expect("bash runs scripts/peers.sh");
    assert!(output.status.success(), "the servers these tests talk to could not be had; scripts/peers.sh says why above");
    String::from_utf8(output.stdout).expect("a path").trim().into()
}
