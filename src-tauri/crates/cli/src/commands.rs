//! What can be said on the command line.

use clap::{CommandFactory as _, Parser, Subcommand};

/// Exit codes, as `--help` tells them.
const CODES: &str = "Exit codes: 0 done; 1 failed; 2 not understood; 3 no such model, file or token; 4 no Inglenook is \
running, or it does not answer; 5 not enough memory or disk; 6 the network or the hub; 130 interrupted.";

/// Chat with open language models on your own machine. Without a command the window opens.
#[derive(Debug, Parser)]
#[command(name = "inglenook", version, after_help = CODES)]
pub(crate) struct Line {
    /// Answer with JSON, for programs.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run without a window and answer programs until Ctrl+C.
    Serve(Serve),
    /// The models on this machine.
    #[command(visible_alias = "ls")]
    Models,
    /// Download a model: `publisher/name`, a link to the hub, with `:Q4_K_M` behind it for one quantisation.
    Pull {
        /// What to download.
        what: String,
    },
    /// Delete a model from this machine.
    Rm {
        /// Its name, as `inglenook models` shows it.
        model: String,
        /// Do not ask.
        #[arg(short, long)]
        yes: bool,
    },
    /// Load a model into the memory of the Inglenook that runs.
    Load {
        /// Its name.
        model: String,
        /// Although it seems not to fit.
        #[arg(long)]
        anyway: bool,
        /// Tokens that its context is to hold; without it what is set for chats.
        #[arg(long, value_name = "TOKENS", value_parser = clap::value_parser!(u32).range(1..))]
        context: Option<u32>,
    },
    /// Unload a model.
    #[command(visible_alias = "stop")]
    Unload {
        /// Its name.
        #[arg(required_unless_present = "all")]
        model: Option<String>,
        /// All that are loaded.
        #[arg(long, conflicts_with = "model")]
        all: bool,
    },
    /// The models in memory.
    Ps,
    /// Chat in the terminal. Nothing of it is kept.
    #[command(visible_alias = "run")]
    Chat {
        /// The model; without one the last that was used.
        model: Option<String>,
        /// Ask this and end; without it, and from a terminal, a conversation begins.
        prompt: Vec<String>,
        /// The system prompt.
        #[arg(long)]
        system: Option<String>,
        /// Have the model reason aloud first, where it can.
        #[arg(long)]
        thinking: bool,
    },
    /// Whether Inglenook runs, and its server.
    Status,
    /// Tokens of the server.
    Token {
        #[command(subcommand)]
        what: Token,
    },
    /// Completions for a shell, to be put where it looks for them.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// How to serve. What is given here is kept in the settings.
#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    /// The port.
    #[arg(long)]
    pub(crate) port: Option<u16>,
    /// Let other machines of the network ask; needs a token (see `inglenook token make`).
    #[arg(long)]
    pub(crate) lan: bool,
    /// Ask for a token on this machine too.
    #[arg(long)]
    pub(crate) require_token: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// All tokens.
    #[command(visible_alias = "ls")]
    List,
    /// Make a token; its secret is shown this once.
    Make {
        /// What it is for.
        name: String,
        /// What it allows.
        #[arg(long, value_delimiter = ',', default_values = ["read", "generate"])]
        scope: Vec<Scope>,
    },
    /// Make a token useless.
    Revoke {
        /// Its name or identifier.
        token: String,
    },
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum Scope {
    /// See models and how the server is doing.
    Read,
    /// Have models write and compute.
    Generate,
    /// Load, unload, download and delete models.
    Manage,
}

/// Prints completions for a shell.
pub(crate) fn completions(shell: clap_complete::Shell) {
    clap_complete::generate(shell, &mut Line::command(), "inglenook", &mut std::io::stdout());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_sound() {
        Line::command().debug_assert();
    }

    #[test]
    fn commands_are_told_from_what_opens_the_window() {
        let meant = |words: &[&str]| crate::is_meant(words.iter().map(|word| (*word).to_owned()));
        for words in [
            &["serve"][..],
            &["models", "--json"],
            &["run", "pocket"],
            &["--help"],
            &["help"],
            &["--json", "ps"],
            &["modles"],
        ] {
            assert!(meant(words), "{words:?}");
        }
        for words in [&[][..], &["inglenook://chat"], &["--hidden"], &["/home/me/model.gguf"]] {
            assert!(!meant(words), "{words:?} opens the window");
        }
    }
}
