//! Two machines with a cable between them. The test starts its own program again in a network of its own, which plays
//! the person's machine; that one starts it once more in a second network, which plays a neighbour's. Both are joined
//! by a pair of virtual network cards. The system gives such networks to ordinary users too (user namespaces), and they
//! end with the programs in them; nothing of the machine that tests is changed.

use std::collections::HashMap;
use std::io::{self, BufRead as _, Write as _};
use std::process::{Output, Stdio};

use inglenook_journeys::PATIENCE;
use inglenook_journeys::http::{Answer, Connection, Request};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::matrix::Asks;

/// The person's machine in the network, in both families.
pub(crate) const HERE: [&str; 2] = ["10.91.0.1", "fd91::1"];
/// The neighbour's.
const THERE: [&str; 2] = ["10.91.0.2", "fd91::2"];

/// Tells a program that it is started again, and as whom.
const PART: &str = "INGLENOOK_TEST_PART";
const MACHINE: &str = "machine";
const NEIGHBOUR: &str = "neighbour";

/// A network of one's own, in which one may do everything, and disks that may be mounted for oneself.
const OWN_NETWORK: [&str; 5] = ["unshare", "--user", "--map-root-user", "--net", "--mount"];
/// Which network cards there are is read from /sys, which shows those of the network that it was mounted in.
const OWN_CARDS: &str = "mount -t sysfs sysfs /sys";

/// Plays a story on the person's machine, with a neighbour at the other end of the cable. `name` is that of the test,
/// as it is started again by it.
pub(crate) fn between_two_machines(name: &str, story: impl AsyncFnOnce(Neighbour)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    if std::env::var(PART).is_ok_and(|part| part == MACHINE) {
        runtime.block_on(async { story(Neighbour::joined_by_a_cable().await).await });
    } else {
        runtime.block_on(played_in_a_network_of_its_own(name));
    }
}

async fn played_in_a_network_of_its_own(name: &str) {
    rehearsed().await;
    let mut program = again(&OWN_NETWORK, name, MACHINE);
    let (worked, said) = told(program.stdin(Stdio::null()).output().await);
    // A name that is not the test's would run none, and succeed.
    assert!(worked && said.contains("1 passed"), "{name}, in a network of its own:\n{said}");
}

/// Networks of one's own are not to be had everywhere; where they are not, nothing of this can be tested.
async fn rehearsed() {
    let play = format!("{OWN_CARDS} && ip link add lan0 type veth peer name lan1");
    let [program, words @ ..] = OWN_NETWORK;
    let (worked, said) = told(Command::new(program).args(words).args(["sh", "-c", &play]).output().await);
    assert!(
        worked,
        "The server is asked from a second machine here, which takes networks that an ordinary user may make, and this \
         system gives none: {said}\n\
         It takes util-linux and iproute2 (scripts/setup.sh test installs them), a kernel that allows user namespaces \
         (sysctl user.max_user_namespaces above 0; on Ubuntu kernel.apparmor_restrict_unprivileged_userns=0), and in a \
         container one that forbids neither them nor a mount of /sys (--security-opt seccomp=unconfined --security-opt \
         systempaths=unconfined)."
    );
}

/// Whether a command worked, and all that it said.
fn told(output: io::Result<Output>) -> (bool, String) {
    match output {
        Ok(output) => {
            let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            (output.status.success(), said.join("\n").trim().to_owned())
        }
        Err(error) => (false, error.to_string()),
    }
}

/// This program again behind another one, to run one test in a part.
fn again(behind: &[&str], test: &str, part: &str) -> Command {
    let mut command = Command::new(behind[0]);
    command
        .args(&behind[1..])
        .arg(std::env::current_exe().expect("a process has a program"))
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(PART, part)
        .kill_on_drop(true);
    command
}

/// Runs a command that has to work.
pub(crate) async fn runs(line: &str) {
    let mut words = line.split(' ');
    let mut command = Command::new(words.next().expect("a command"));
    let (worked, said) = told(command.args(words).output().await);
    assert!(worked, "{line}: {said}");
}

/// The machine at the other end, and the program there that asks what it is told.
pub(crate) struct Neighbour {
    tells: ChildStdin,
    hears: Lines<BufReader<ChildStdout>>,
    /// Ends with this.
    _program: Child,
}

/// Something for the neighbour to do on its connection to an address, which it opens where it has none.
#[derive(Deserialize, Serialize)]
struct Task {
    to: String,
    bytes: Vec<u8>,
    /// The method to which an answer is waited for; none is waited for without.
    method: Option<String>,
}

/// What came of it.
#[derive(Default, Deserialize, Serialize)]
struct Outcome {
    answer: Option<Answer>,
    /// The system's word for why there is none.
    failed: Option<String>,
}

impl Neighbour {
    async fn joined_by_a_cable() -> Self {
        let mut program = again(&["unshare", "--net"], "cable::the_neighbour", NEIGHBOUR);
        let mut program = program.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
        let id = program.id().expect("it runs");
        let (tells, hears) = (program.stdin.take().expect("its input"), program.stdout.take().expect("its output"));
        let mut neighbour = Self { tells, hears: BufReader::new(hears).lines(), _program: program };
        // Once it has said a word, it is in its network.
        neighbour.hears().await;
        runs(OWN_CARDS).await;
        runs(&format!("ip link add lan0 type veth peer name lan0 netns {id}")).await;
        let there = format!("nsenter --net=/proc/{id}/ns/net ");
        for (inside, [older, newer]) in [("", HERE), (there.as_str(), THERE)] {
            runs(&format!("{inside}ip link set lo up")).await;
            runs(&format!("{inside}ip address add {older}/24 dev lan0")).await;
            // Nobody else is on this cable who could have the address already.
            runs(&format!("{inside}ip address add {newer}/64 dev lan0 nodad")).await;
            runs(&format!("{inside}ip link set lan0 up")).await;
        }
        neighbour
    }

    /// Asks at an address such as `10.91.0.1:1234`.
    ///
    /// # Errors
    /// The system's word for why there is no answer.
    pub(crate) async fn asks(&mut self, address: &str, request: &Request<'_>) -> Result<Answer, String> {
        let answer = self.does(address, request.bytes(), Some(request.method)).await?;
        Ok(answer.expect("it waited for one"))
    }

    /// Sends a part of a request, on a connection that is kept.
    pub(crate) async fn begins(&mut self, address: &str, part: &str) -> Result<(), String> {
        self.does(address, part.as_bytes().to_vec(), None).await.map(drop)
    }

    /// Sends the rest of a request, and reads the answer.
    pub(crate) async fn ends(&mut self, address: &str, rest: &str, method: &str) -> Result<Answer, String> {
        let answer = self.does(address, rest.as_bytes().to_vec(), Some(method)).await?;
        Ok(answer.expect("it waited for one"))
    }

    async fn does(&mut self, to: &str, bytes: Vec<u8>, method: Option<&str>) -> Result<Option<Answer>, String> {
        let task = Task { to: to.to_owned(), bytes, method: method.map(str::to_owned) };
        let line = serde_json::to_string(&task).expect("text") + "\n";
        self.tells.write_all(line.as_bytes()).await.expect("the neighbour listens");
        match self.hears().await {
            Outcome { failed: Some(error), .. } => Err(error),
            Outcome { answer, .. } => Ok(answer),
        }
    }

    /// What the neighbour says next; what the test program around it prints is nothing of it.
    async fn hears(&mut self) -> Outcome {
        loop {
            let line = tokio::time::timeout(PATIENCE, self.hears.next_line()).await;
            let line = line.unwrap_or_else(|_| panic!("the neighbour said nothing in {PATIENCE:?}"));
            let line = line.expect("it can be heard").expect("the neighbour's program runs");
            if line.starts_with('{') {
                return serde_json::from_str(&line).expect("an outcome");
            }
        }
    }
}

/// The neighbour's program at one address.
pub(crate) struct NeighbourAt<'a>(pub(crate) &'a mut Neighbour, pub(crate) String);

impl Asks for NeighbourAt<'_> {
    async fn asks(&mut self, request: &Request<'_>) -> io::Result<Answer> {
        self.0.asks(&self.1, request).await.map_err(io::Error::other)
    }
}

/// No test of its own: the neighbour's program, which does what it is told on its input.
#[tokio::test]
async fn the_neighbour() {
    if std::env::var(PART).is_ok_and(|part| part == NEIGHBOUR) {
        let mut connections = HashMap::new();
        says(&Outcome::default());
        for line in io::stdin().lock().lines() {
            let task: Task = serde_json::from_str(&line.expect("it can be heard")).expect("a task");
            let outcome = match done(&task, &mut connections).await {
                Ok(answer) => Outcome { answer, failed: None },
                Err(error) => Outcome { answer: None, failed: Some(format!("{:?}", error.kind())) },
            };
            says(&outcome);
        }
    }
}

async fn done(task: &Task, connections: &mut HashMap<String, Connection>) -> io::Result<Option<Answer>> {
    let mut connection = match connections.remove(&task.to) {
        Some(connection) => connection,
        None => Connection::open(&task.to).await?,
    };
    connection.raw(&task.bytes).await?;
    let answer = match &task.method {
        Some(method) => Some(connection.answer(method).await?),
        None => None,
    };
    // One that failed is not kept: the next request to this address comes on a new one.
    connections.insert(task.to.clone(), connection);
    Ok(answer)
}

/// Says something past the capturing of test output, on a line of its own.
fn says(outcome: &Outcome) {
    let mut out = io::stdout().lock();
    let line = serde_json::to_string(outcome).expect("text");
    writeln!(out, "\n{line}").and_then(|()| out.flush()).expect("somebody hears it");
}
