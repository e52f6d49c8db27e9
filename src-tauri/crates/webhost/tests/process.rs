//! The process as a terminal and a browser meet it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A home that is not there yet.
fn home(name: &str) -> PathBuf {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&home);
    home
}

fn webhost(home: &Path, port: u16) -> Child {
    Command::new(env!("CARGO_BIN_EXE_inglenook-webhost"))
        .args(["--port", &port.to_string()])
        .env("INGLENOOK_HOME", home)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started")
}

#[test]
fn a_taken_port_is_told_of_before_anything_is_opened() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = taken.local_addr().expect("its number").port();
    let home = home("taken-port");
    let output = webhost(&home, port).wait_with_output().expect("ended");
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(words.contains(&format!("port {port} on 127.0.0.1 could not be opened")), "{words}");
    assert!(!home.exists(), "nothing was made");
}

#[test]
fn a_page_gets_its_key_though_nobody_reads_the_output_any_more() {
    let home = home("closed-output");
    let mut child = webhost(&home, 0);
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let address = lines.next().expect("a line").expect("text");
    let second = lines.next().expect("a line").expect("text");
    drop(lines);
    let (host, key) = address
        .strip_prefix("Inglenook is at http://")
        .and_then(|rest| rest.split_once("/#key="))
        .unwrap_or_else(|| panic!("no address: {address} {second}"));
    let mut page = TcpStream::connect(host).expect("it listens");
    let request = format!(
        "POST /api/enter HTTP/1.1\r\nHost: {host}\r\nX-Inglenook-Key: {key}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    );
    page.write_all(request.as_bytes()).expect("asked");
    let mut answer = String::new();
    page.read_to_string(&mut answer).expect("answered");
    child.kill().and_then(|()| child.wait()).expect("ended");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"key\""), "{answer}");
}
