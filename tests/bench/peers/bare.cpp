// The least that llama.cpp can be asked with: load, read a prompt, take the likeliest token again and again. What the
// worker is held against, so nothing here but the plain API of llama.h with the defaults of llama.cpp's own programs.
//
// usage: bare KERNELS.so MODEL.gguf CONTEXT_LENGTH THREADS
//
// A line on stdin asks: how many tokens to write, then the prompt's tokens. Each begins with an empty cache. A line on
// stdout answers, JSON as everything here; end of input ends the process.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "ggml-backend.h"
#include "ggml.h"
#include "llama.h"

using Clock = std::chrono::steady_clock;

static double since(Clock::time_point begun) {
    return std::chrono::duration<double, std::milli>(Clock::now() - begun).count();
}

[[noreturn]] static void fail(const char *what) {
    std::fprintf(stderr, "bare: %s\n", what);
    std::exit(1);
}

/// The most that this process ever held in memory.
static long peak_kb() {
    std::ifstream status("/proc/self/status");
    std::string line;
    while (std::getline(status, line))
        if (line.rfind("VmHWM:", 0) == 0) return std::atol(line.c_str() + 6);
    return 0;
}

static llama_token likeliest(llama_context *context, int tokens) {
    const float *logits = llama_get_logits_ith(context, -1);
    int best = 0;
    for (int at = 1; at < tokens; at++)
        if (logits[at] > logits[best]) best = at;
    return best;
}

static void decode(llama_context *context, llama_token *tokens, int count) {
    if (llama_decode(context, llama_batch_get_one(tokens, count)) != 0) fail("llama_decode failed");
}

int main(int argc, char **argv) {
    if (argc != 5) fail("usage: bare KERNELS.so MODEL.gguf CONTEXT_LENGTH THREADS");
    // Errors only, as the worker does: printing a page for every model takes time, too.
    llama_log_set([](ggml_log_level level, const char *text, void *) {
        if (level == GGML_LOG_LEVEL_ERROR) std::fputs(text, stderr);
    }, nullptr);
    if (!ggml_backend_load(argv[1])) fail("these kernels do not run here");
    llama_backend_init();
    std::printf("{\"type\":\"hello\",\"ggml\":\"%s\",\"commit\":\"%s\"}\n", ggml_version(), ggml_commit());
    std::fflush(stdout);

    auto begun = Clock::now();
    llama_model *model = llama_model_load_from_file(argv[2], llama_model_default_params());
    if (!model) fail("the model could not be loaded");
    llama_context_params params = llama_context_default_params();
    params.n_ctx = std::atoi(argv[3]);
    params.n_threads = params.n_threads_batch = std::atoi(argv[4]);
    llama_context *context = llama_init_from_model(model, params);
    if (!context) fail("no room for a context");
    double load_ms = since(begun);

    // llama.cpp's own programs compute once before they are asked: else the first prompt would pay for fetching the
    // weights from the file.
    const llama_vocab *vocabulary = llama_model_get_vocab(model);
    const int known = llama_vocab_n_tokens(vocabulary);
    llama_token first[2] = {llama_vocab_bos(vocabulary), llama_vocab_eos(vocabulary)};
    for (llama_token &token : first)
        if (token == LLAMA_TOKEN_NULL) token = 0;
    decode(context, first, 2);
    llama_synchronize(context);
    std::printf("{\"type\":\"ready\",\"load_ms\":%.3f,\"warm_ms\":%.3f,\"n_batch\":%u,\"n_ubatch\":%u,"
                "\"vocabulary\":%d,\"peak_kb\":%ld}\n",
                load_ms, since(begun) - load_ms, llama_n_batch(context), llama_n_ubatch(context), known, peak_kb());
    std::fflush(stdout);

    std::string line;
    while (std::getline(std::cin, line)) {
        std::istringstream words(line);
        size_t wanted = 0;
        words >> wanted;
        std::vector<llama_token> prompt;
        for (llama_token token; words >> token;) {
            if (token < 0 || token >= known) fail("the vocabulary has no such token");
            prompt.push_back(token);
        }
        if (wanted == 0 || prompt.empty()) fail("a line is: how many tokens to write, then the prompt's tokens");
        llama_memory_clear(llama_get_memory(context), true);

        auto asked = Clock::now();
        const size_t batch = llama_n_batch(context);
        for (size_t at = 0; at < prompt.size(); at += batch)
            decode(context, prompt.data() + at, int(std::min(batch, prompt.size() - at)));
        std::vector<llama_token> written{likeliest(context, known)};
        double first_token_ms = since(asked);
        std::puts("{\"type\":\"first\"}");
        std::fflush(stdout);
        auto writing = Clock::now();
        while (written.size() < wanted) {
            llama_token token = written.back();
            decode(context, &token, 1);
            written.push_back(likeliest(context, known));
        }
        double generation_ms = since(writing);

        std::ostringstream tokens;
        for (size_t at = 0; at < written.size(); at++) tokens << (at ? "," : "") << written[at];
        std::printf("{\"type\":\"done\",\"prompt_tokens\":%zu,\"completion_tokens\":%zu,\"first_token_ms\":%.3f,"
                    "\"generation_ms\":%.3f,\"prompt_tok_s\":%.3f,\"generation_tok_s\":%.3f,\"peak_kb\":%ld,"
                    "\"tokens\":[%s]}\n",
                    prompt.size(), written.size(), first_token_ms, generation_ms,
                    prompt.size() * 1000.0 / first_token_ms,
                    wanted > 1 ? (wanted - 1) * 1000.0 / generation_ms : 0.0, peak_kb(), tokens.str().c_str());
        std::fflush(stdout);
    }
    llama_free(context);
    llama_model_free(model);
    llama_backend_free();
}
