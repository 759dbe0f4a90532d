//! Asking again and again, and how long each answer took.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// How many askers, for how long; what the first tenth of the time finds is not counted.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    pub askers: usize,
    pub time: Duration,
}

#[derive(Clone, Debug)]
pub struct Figures {
    sorted: Vec<Duration>,
    time: Duration,
}

impl Figures {
    pub fn per_second(&self) -> f64 {
        f64::from(u32::try_from(self.sorted.len()).unwrap_or(u32::MAX)) / self.time.as_secs_f64()
    }
    /// Milliseconds that this share of answers took at most.
    pub fn quantile(&self, share: f64) -> f64 {
        let count = f64::from(u32::try_from(self.sorted.len()).unwrap_or(u32::MAX));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a count")]
        let at = (share * count).floor() as usize;
        self.sorted.get(at.min(self.sorted.len().saturating_sub(1))).map_or(0.0, |d| d.as_secs_f64() * 1e3)
    }
    /// `| what | p50 | p99 | a second |`
    pub fn row(&self, what: &str) -> String {
        format!("| {what} | {:.2} ms | {:.2} ms | {:.0} |", self.quantile(0.5), self.quantile(0.99), self.per_second())
    }
}

/// Lets each asker of `make` ask until the time is over.
pub async fn measure<A, F>(effort: Effort, make: impl Fn() -> F) -> Result<Figures>
where
    F: Future<Output = Result<A>> + Send + 'static,
    A: Asker,
{
    let warm = effort.time / 10;
    let mut askers = JoinSet::new();
    for _ in 0..effort.askers {
        let asker = make();
        askers.spawn(async move {
            let mut asker = asker.await?;
            let begun = Instant::now();
            let mut took = Vec::new();
            while begun.elapsed() < warm + effort.time {
                let asked = Instant::now();
                asker.ask().await?;
                if asked.duration_since(begun) >= warm {
                    took.push(asked.elapsed());
                }
            }
            Ok::<_, anyhow::Error>(took)
        });
    }
    let mut sorted = Vec::new();
    while let Some(done) = askers.join_next().await {
        sorted.extend(done??);
    }
    ensure!(!sorted.is_empty(), "not one answer came in {:?}", effort.time);
    sorted.sort_unstable();
    Ok(Figures { sorted, time: effort.time })
}

pub trait Asker: Send + 'static {
    fn ask(&mut self) -> impl Future<Output = Result<()>> + Send;
}

/// A keep-alive connection that asks for one page. It reads what a browser reads and looks at nothing but the status, so that what is
/// measured is the server and not the asker.
pub struct Browser {
    stream: BufReader<TcpStream>,
    request: Vec<u8>,
    body: Vec<u8>,
}

impl Browser {
    /// `url` is `http://host:port/path`.
    pub async fn open(url: String, cookie: Option<String>) -> Result<Self> {
        let (host, path) =
            url.strip_prefix("http://").and_then(|rest| rest.split_once('/')).context("the address is http://host:port/path")?;
        let stream = TcpStream::connect(host).await.with_context(|| format!("{host} does not answer"))?;
        stream.set_nodelay(true)?;
        let cookie = cookie.map(|c| format!("Cookie: {c}\r\n")).unwrap_or_default();
        let request =
            format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\nAccept-Encoding: identity\r\n{cookie}\r\n").into_bytes();
        Ok(Self { stream: BufReader::with_capacity(1 << 16, stream), request, body: Vec::new() })
    }

    /// The body of the last answer.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    async fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        ensure!(self.stream.read_line(&mut line).await? > 0, "the server hung up");
        Ok(line.trim_end().to_owned())
    }

    async fn take(&mut self, length: usize) -> Result<()> {
        let from = self.body.len();
        self.body.resize(from + length, 0);
        if let Some(rest) = self.body.get_mut(from..) {
            self.stream.read_exact(rest).await?;
        }
        Ok(())
    }
}

impl Asker for Browser {
    async fn ask(&mut self) -> Result<()> {
        self.stream.get_mut().write_all(&self.request).await?;
        let status = self.line().await?;
        let (mut length, mut chunked) = (None, false);
        loop {
            let line = self.line().await?;
            if line.is_empty() {
                break;
            }
            let Some((name, value)) = line.split_once(':') else { bail!("a header without a colon: {line}") };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = Some(value.trim().parse::<usize>()?),
                "transfer-encoding" => chunked = value.trim().eq_ignore_ascii_case("chunked"),
                _ => {}
            }
        }
        self.body.clear();
        match length {
            Some(length) => self.take(length).await?,
            None if chunked => loop {
                let size = usize::from_str_radix(self.line().await?.split(';').next().unwrap_or("0").trim(), 16)?;
                self.take(size).await?;
                self.line().await?;
                if size == 0 {
                    break;
                }
            },
            None => bail!("neither a length nor chunks"),
        }
        ensure!(status.contains(" 200"), "{status}: {}", String::from_utf8_lossy(self.body.get(..300).unwrap_or(&self.body)));
        Ok(())
    }
}

/// Something asked of Postgres through the pool.
pub struct Query<F>(pub F);

impl<F, Fut> Asker for Query<F>
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<()>> + Send,
{
    async fn ask(&mut self) -> Result<()> {
        (self.0)().await
    }
}
