# maillint: what a contributor and CI run. "make help" explains.
GO      ?= go
BIN     := bin/maillint
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
LDFLAGS := -s -w -X main.version=$(VERSION)
FUZZTIME ?= 30s
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

.PHONY: help build demo test race lint gen check-gen fuzz bench e2e fresh-files soak install clean eval-lookalike

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

build: ## build bin/maillint
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/maillint

demo: build ## read the incident corpus, then submit it to the proxy and release a message with hidden recipients
	@./internal/demo/run $(BIN)
	@echo; $(GO) run ./internal/demo -maillint $(BIN)

test: ## all tests that need nothing but Go (says what it skipped)
	$(GO) test -shuffle=on ./...

race: ## the same with the race detector (needs a C compiler)
	$(GO) test -race -shuffle=on ./...

lint: ## formatting, vet, staticcheck
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "gofmt would change:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...

gen: build ## make the generated files anew: rule pages, tables, schema, pictures
	$(GO) generate ./...

check-gen: gen ## fail when a generated file is not up to date
	git diff --exit-code

# Before Go 1.27 the end of -fuzztime is now and then taken for a failure
# (go.dev/issue/75804). Such a target runs again: it must be that message, and no
# input that fails may have been found.
fuzz: ## every fuzz target for FUZZTIME (30s)
	@log=$$(mktemp) && trap 'rm -f "$$log"' EXIT; \
	for pkg in $$($(GO) list ./...); do \
		dir=$$($(GO) list -f '{{.Dir}}' $$pkg); \
		for f in $$(grep -ho '^func Fuzz[A-Za-z0-9_]*' $$dir/*_test.go 2>/dev/null | cut -c6-); do \
			for try in 1 2 3; do \
				echo "== $$pkg $$f"; \
				$(GO) test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 200x $$pkg >"$$log" 2>&1 && ok=1 || ok=0; \
				cat "$$log"; \
				[ $$ok = 0 ] || break; \
				grep -qx ' *context deadline exceeded' "$$log" && ! grep -q 'Failing input' "$$log" && [ $$try != 3 ] || exit 1; \
			done; \
		done; done

bench: build ## speed: Go benchmarks of each stage, then beside the peers that are installed
	$(GO) test -run '^$$' -bench . -benchmem ./internal/needle ./message ./lint ./lookalike ./content/secret ./rules ./store ./gate
	$(GO) run ./internal/bench -maillint $(BIN)

e2e: build ## with real programs beside us
	$(GO) test -count=1 -parallel 5 -tags e2e ./internal/e2e

fresh-files: ## Office files, archives and PDFs made afresh by real programs, read like those of content/testdata
	@dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && content/testdata/make "$$dir" && \
		MAILLINT_FILES="$$dir" MAILLINT_MUTATIONS=100 $(GO) test -count=1 -run 'RealFiles|InEveryFormat|EveryFileIsWanted|Locked|Mutations' ./content

soak: build ## every fuzz target for half an hour in all, files made afresh, the race detector, 200 kills and 10,000 transactions
	$(MAKE) fuzz FUZZTIME=20s
	$(MAKE) fresh-files
	$(MAKE) race
	MAILLINT_KILLS=200 MAILLINT_TRANSACTIONS=10000 $(GO) test -count=1 -parallel 5 -timeout 30m -tags e2e ./internal/e2e

install: ## install maillint into GOBIN
	CGO_ENABLED=0 $(GO) install -trimpath -ldflags '$(LDFLAGS)' ./cmd/maillint

eval-lookalike: ## recall and false positives: make eval-lookalike FILES="-positives F -negatives F ..."
	$(GO) run ./internal/lookalikeeval $(FILES)

clean: ## remove what was built
	rm -rf bin
