package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"maillint/internal/monitor"
	"maillint/internal/spool"
	"maillint/store"
)

// watchEvery is how often the store and the release route are tried.
const watchEvery = 15 * time.Second

// watch tries what holding needs, and tells the monitor, until ctx ends.
func (r *running) watch(ctx context.Context) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			r.look(ctx)
		}
	}
}

// look tries each part once. It is done before anybody is told that we are
// ready, so that /readyz is right from the first moment.
func (r *running) look(ctx context.Context) {
	r.probe(ctx, partStore, r.checkStore)
	r.probe(ctx, "release route", r.gate.Probe)
	r.watched.Store(time.Now().Unix())
}

// storeFloor is the free space, in octets, below which a store on a disk of ours
// is as good as full: what is to be held may not fit any more.
const storeFloor = 16 << 20

// checkStore writes and reads back, and looks whether there is room.
func (r *running) checkStore(ctx context.Context) error {
	if err := r.store.Check(ctx); err != nil {
		return err
	}
	path, ok := strings.CutPrefix(r.where, "sqlite:")
	if !ok {
		return nil // another machine's disk
	}
	free, err := spool.FreeSpace(filepath.Dir(path))
	if err == nil && free < storeFloor {
		return fmt.Errorf("the disk of the store is full: %d kB are free, and %d are needed", free>>10, storeFloor>>10)
	}
	return nil
}

// alive: the watch over our surroundings goes round. A store or a route that
// does not answer is bounded, and is no reason to be restarted; a hang is.
func (r *running) alive() bool {
	last := r.watched.Load()
	return last == 0 || time.Since(time.Unix(last, 0)) < 4*watchEvery
}

func (r *running) probe(ctx context.Context, part string, try func(context.Context) error) {
	bounded, cancel := context.WithTimeout(ctx, watchEvery)
	defer cancel()
	err := try(bounded)
	if ctx.Err() != nil || !r.monitor.Set(part, err) {
		return
	}
	if err != nil {
		if part == partStore { // of its route the gate says so itself
			r.gate.Alarm(part, "the store does not work: nothing can be held")
		}
		r.log.Error("not ready", "part", part, "error", err)
		return
	}
	r.log.Info("ready again", "part", part)
}

// heldNow is what waits, by disposition.
func (r *running) heldNow() ([]monitor.HeldNow, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	items, err := r.store.List(ctx, store.Filter{States: []store.State{store.Held}})
	if err != nil {
		return nil, err
	}
	now := r.store.Now(ctx)
	by := map[string]int{}
	var out []monitor.HeldNow
	for _, it := range items {
		i, ok := by[it.Disposition]
		if !ok {
			i = len(out)
			by[it.Disposition] = i
			out = append(out, monitor.HeldNow{Disposition: it.Disposition})
		}
		out[i].Add(now.Sub(it.Held))
	}
	return out, nil
}
