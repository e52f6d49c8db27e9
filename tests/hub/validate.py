"""The fake hub held against the real Python client: what huggingface_hub understands, our fake says as the hub does.

usage: validate.py PATH_TO_INGLENOOK_FAKEHUB     (scripts/fakehub.sh sets up what this needs)
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HOME = tempfile.TemporaryDirectory(prefix="hub-home-")
BINARY = sys.argv.pop(1) if len(sys.argv) > 1 else "inglenook-fakehub"
FAKE = subprocess.Popen([BINARY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
ADDRESSES = json.loads(FAKE.stdout.readline())

# The client reads these when it is imported.
for name in [name for name in os.environ if name.startswith(("HF_", "HUGGING")) or name.lower().endswith("_proxy")]:
    del os.environ[name]
os.environ.update(
    HF_ENDPOINT=ADDRESSES["endpoint"],
    HF_HOME=HOME.name,
    HF_HUB_DISABLE_XET="1",
    HF_HUB_DISABLE_TELEMETRY="1",
    HF_HUB_DISABLE_PROGRESS_BARS="1",
    HF_HUB_DISABLE_IMPLICIT_TOKEN="1",
)

from huggingface_hub import HfApi, hf_hub_download, snapshot_download  # noqa: E402
from huggingface_hub.errors import (  # noqa: E402
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.hf_api import RepoFile, RepoFolder  # noqa: E402

GGUF = "bartowski/SmolLM2-135M-Instruct-GGUF"
WEIGHTS = "SmolLM2-135M-Instruct-Q4_K_M.gguf"
LARGER = "SmolLM2-135M-Instruct-Q8_0.gguf"
MATRIX = "SmolLM2-135M-Instruct.imatrix"
WHOLE = "HuggingFaceTB/SmolLM2-135M-Instruct"
GATED = "meta-llama/Llama-3.2-1B-Instruct"


def order(line):
    """Says something to the fake hub and returns what it says."""
    FAKE.stdin.write(json.dumps(line) + "\n")
    FAKE.stdin.flush()
    answer = json.loads(FAKE.stdout.readline())
    assert "error" not in answer, answer
    return answer


def fault(host, kind, times=None, path=None, method=None, **details):
    """Sets a fault."""
    order({"set": {"host": host, "times": times, "path": path, "method": method, "what": {"kind": kind, **details}}})


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Client(unittest.TestCase):
    def setUp(self):
        order("clear")
        self.api = HfApi()
        self.folder = tempfile.TemporaryDirectory(prefix="hub-files-")
        self.addCleanup(self.folder.cleanup)

    def fetch(self, repo, path, **also):
        return hf_hub_download(repo, path, cache_dir=self.folder.name, **also)

    def sha256_of(self, repo, path):
        return self.api.get_paths_info(repo, path)[0].lfs.sha256

    # Lists

    def test_models_are_searched_filtered_and_ordered(self):
        found = list(self.api.list_models(search="qwen3 gguf", filter="gguf", sort="downloads", limit=3))
        self.assertEqual(len(found), 3)
        self.assertEqual(sorted((row.downloads for row in found), reverse=True), [row.downloads for row in found])
        self.assertTrue(all("gguf" in row.tags and "Qwen3" in row.id for row in found))
        for sort in ["likes", "trending_score", "created_at", "last_modified"]:
            self.assertEqual(len(list(self.api.list_models(sort=sort, limit=2))), 2, sort)
        both = list(self.api.list_models(filter=["gguf", "license:mit"]))
        self.assertTrue(both and all("license:mit" in row.tags for row in both))
        self.assertTrue(all(row.author == "Qwen" for row in self.api.list_models(author="Qwen", full=True)))
        gated = list(self.api.list_models(gated=True, expand=["gated"]))
        self.assertTrue(any(row.gated == "manual" for row in gated) and any(row.gated == "auto" for row in gated))

    def test_a_list_is_read_over_all_its_pages(self):
        everything = [row.id for row in self.api.list_models()]
        order({"pages": {"rows": 4, "files": 3}})
        self.addCleanup(order, {"pages": {"rows": 1000, "files": 1000}})
        self.assertEqual([row.id for row in self.api.list_models()], everything)
        self.assertGreaterEqual(len(everything), 30)
        self.assertEqual(len(list(self.api.list_models(limit=10))), 10)
        files = [entry.path for entry in self.api.list_repo_tree(WHOLE, recursive=True)]
        self.assertGreater(len(files), 3)
        self.assertEqual(len(files), len(set(files)))

    def test_rows_carry_what_was_asked_for(self):
        (row,) = self.api.list_models(search="Qwen3-0.6B-GGUF", expand=["gguf", "likes", "cardData"])
        self.assertEqual(row.gguf["architecture"], "qwen3")
        self.assertEqual(row.card_data.license, "apache-2.0")
        self.assertGreater(row.likes, 0)

    # One repository

    def test_a_model_says_what_it_has(self):
        info = self.api.model_info(GGUF, files_metadata=True)
        self.assertRegex(info.sha, "^[0-9a-f]{40}$")
        files = {file.rfilename: file for file in info.siblings}
        self.assertEqual(files[WEIGHTS].lfs.size, files[WEIGHTS].size)
        self.assertRegex(files[WEIGHTS].lfs.sha256, "^[0-9a-f]{64}$")
        self.assertIsNone(files["README.md"].lfs)
        self.assertEqual((info.gated, info.private, info.disabled), (False, False, False))
        self.assertEqual(self.api.model_info(GGUF, revision=info.sha).sha, info.sha)
        self.assertEqual(self.api.list_repo_refs(GGUF).branches[0].target_commit, info.sha)
        self.assertEqual(self.api.model_info(GATED).gated, "manual")

    def test_the_files_are_listed(self):
        split = "bartowski/Llama-3.3-70B-Instruct-GGUF"
        entries = {entry.path: entry for entry in self.api.list_repo_tree(split, recursive=True)}
        self.assertIsInstance(entries["Q8_0"], RepoFolder)
        parts = [path for path in entries if path.startswith("Q8_0/")]
        self.assertEqual(len(parts), 2)
        self.assertIsInstance(entries[parts[0]], RepoFile)
        self.assertEqual(entries[parts[0]].size, entries[parts[0]].lfs.size)
        infos = self.api.get_paths_info(split, ["README.md", "Q8_0", "nothing"], expand=True)
        self.assertEqual([info.path for info in infos], ["README.md", "Q8_0"])
        self.assertIsNotNone(infos[0].last_commit)
        self.assertTrue(self.api.file_exists(GGUF, WEIGHTS))
        self.assertFalse(self.api.file_exists(GGUF, "nothing.gguf"))

    # Downloads

    def test_files_are_fetched_whole(self):
        path = self.fetch(GGUF, WEIGHTS)
        self.assertEqual(sha256(path), self.sha256_of(GGUF, WEIGHTS))
        self.assertEqual(Path(path).read_bytes()[:4], b"GGUF")
        self.assertIn("license: apache-2.0", Path(self.fetch(GGUF, "README.md")).read_text())

    def test_a_whole_repository_is_fetched(self):
        folder = Path(snapshot_download(WHOLE, cache_dir=self.folder.name))
        config = json.loads((folder / "config.json").read_text())
        self.assertEqual(config["model_type"], "llama")
        self.assertEqual(sha256(folder / "model.safetensors"), self.sha256_of(WHOLE, "model.safetensors"))

    def test_a_cut_download_is_gone_on_with(self):
        # The client keeps what came in whole steps of 10 MiB.
        file = f"{GGUF}/{LARGER}"
        before = order("report")["served"].get(file, 0)
        fault("cdn", "cut", times=1, path=LARGER, method="GET", after=30_000_000)
        path = self.fetch(GGUF, LARGER)
        self.assertEqual(sha256(path), self.sha256_of(GGUF, LARGER))
        report = order("report")
        begun = [r["range"] for r in report["requests"] if r["host"] == "cdn" and r["file"] == file]
        self.assertTrue(any(begin and begin != "bytes=0-" for begin in begun), begun)
        served = report["served"][file] - before
        self.assertLess(served, Path(path).stat().st_size + 11_000_000, "what came is not fetched again")

    def test_an_ignored_range_begins_anew(self):
        fault("cdn", "cut", times=1, path=LARGER, method="GET", after=30_000_000)
        fault("cdn", "ignore_range", path=LARGER)
        self.assertEqual(sha256(self.fetch(GGUF, LARGER)), self.sha256_of(GGUF, LARGER))

    def test_a_renamed_repository_is_found(self):
        order({"rename": {"old": "TheBloke/Mixtral-8x7B-Instruct-v0.1-GGUF", "new": "elsewhere/Mixtral-GGUF"}})
        self.assertEqual(self.api.model_info("TheBloke/Mixtral-8x7B-Instruct-v0.1-GGUF").id, "elsewhere/Mixtral-GGUF")
        self.assertTrue(self.fetch("TheBloke/Mixtral-8x7B-Instruct-v0.1-GGUF", "README.md"))

    def test_a_changed_file_is_another(self):
        old = self.fetch(GGUF, "README.md")
        order({"update": {"repo": GGUF, "path": "notes.txt", "text": "new"}})
        new = self.fetch(GGUF, "notes.txt")
        self.assertEqual(Path(new).read_text(), "new")
        self.assertNotEqual(Path(old).parent, Path(new).parent, "another commit")

    # Refusals

    def test_terms_must_be_accepted(self):
        with self.assertRaises(GatedRepoError) as nobody:
            self.fetch(GATED, "config.json")
        self.assertEqual(nobody.exception.response.status_code, 401)
        with self.assertRaises(GatedRepoError) as stranger:
            self.fetch(GATED, "config.json", token=ADDRESSES["tokens"]["stranger"])
        self.assertEqual(stranger.exception.response.status_code, 403)
        self.assertTrue(self.fetch(GATED, "config.json", token=ADDRESSES["tokens"]["reader"]))
        self.assertTrue(self.fetch(GATED, "README.md"), "the card is open")

    def test_a_token_has_an_owner(self):
        self.assertEqual(self.api.whoami(token=ADDRESSES["tokens"]["reader"])["name"], "ada")
        with self.assertRaises(HfHubHTTPError):
            self.api.whoami(token="hf_unknown")

    def test_what_is_not_there_is_told_apart(self):
        with self.assertRaises(RepositoryNotFoundError):
            self.api.model_info("nobody/nothing")
        with self.assertRaises(RepositoryNotFoundError):
            self.fetch("nobody/nothing", "config.json")
        with self.assertRaises(EntryNotFoundError):
            self.fetch(GGUF, "nothing.gguf")
        with self.assertRaises(RevisionNotFoundError):
            self.fetch(GGUF, WEIGHTS, revision="nowhere")
        with self.assertRaises(RevisionNotFoundError):
            self.api.model_info(GGUF, revision="nowhere")

    def test_a_rate_limit_is_waited_for(self):
        fault("hub", "too_many", times=1, path="/api/models", status=429, seconds=1, again="rate_limit")
        rows = list(self.api.list_models(limit=1))
        self.assertEqual(len(rows), 1)
        fault("cdn", "too_many", times=1, path=MATRIX, method="GET", status=429, seconds=1, again="seconds")
        self.assertEqual(sha256(self.fetch(GGUF, MATRIX)), self.sha256_of(GGUF, MATRIX))
        fault("hub", "too_many", path="/api/whoami-v2", status=429, seconds=1, again="rate_limit")
        with self.assertRaises(HfHubHTTPError) as limited:
            self.api.whoami(token=ADDRESSES["tokens"]["reader"])
        self.assertEqual(limited.exception.response.status_code, 429)

    def test_no_token_reaches_the_content_server(self):
        self.fetch(GGUF, MATRIX, token=ADDRESSES["tokens"]["reader"])
        self.assertEqual(order("report")["authorised_on_cdn"], 0)


if __name__ == "__main__":
    try:
        outcome = unittest.main(exit=False).result
    finally:
        FAKE.stdin.close()
        code = FAKE.wait(timeout=10)
        HOME.cleanup()
    sys.exit(0 if outcome.wasSuccessful() and code == 0 else 1)
