#!/usr/bin/env bash
# slurm.sh PROGRAM: an experiment in eight shards by a real Slurm on this machine: slurmctld and
# slurmd of this user, on 127.0.0.1, in one temporary folder. One task is killed and comes back
# by itself; the union must have the bytes of one run. No data are needed.
set -uo pipefail
if [ $# -ne 1 ] || [ ! -x "$1" ]; then
    echo "usage: tests/slurm.sh PROGRAM" >&2
    exit 2
fi
LOSSGRID=$(realpath "$1")
root=$(dirname "$(dirname "$(realpath "$0")")")
folder=$(mktemp -d)
export SLURM_CONF=$folder/slurm.conf LOSSGRID
unset LOSSGRID_ISA
daemons=()

say() { echo "slurm: $*"; }

# Processes that this test started and that are still there: all have its folder in their command
# or environment.
left_over() {
    local pid
    for pid in /proc/[0-9]*; do
        pid=${pid#/proc/}
        [ "$pid" = $$ ] || [ "$pid" = "$BASHPID" ] ||
            ! grep -qaF "$folder" "/proc/$pid/cmdline" "/proc/$pid/environ" 2>/dev/null ||
            [ "$(ps -o ppid= -p "$pid" 2>/dev/null | tr -d ' ')" = "$BASHPID" ] || echo "$pid"
    done
}

# shellcheck disable=SC2317 # by trap
clean_up() {
    local code=$? pid
    trap - EXIT
    [ ${#daemons[@]} -lt 2 ] || timeout 20 scancel --full --signal=KILL --user="$(id -un)" 2>/dev/null
    for pid in ${daemons[@]+"${daemons[@]}"}; do kill "$pid" 2>/dev/null; done
    for pid in ${daemons[@]+"${daemons[@]}"}; do wait "$pid" 2>/dev/null; done
    for pid in $(left_over); do kill -KILL "$pid" 2>/dev/null; done
    rm -rf "$folder"
    exit $code
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

fail() {
    say "FAILED: $*"
    tail -n 20 "$folder"/out/logs/*.log "$folder"/log/* 2>/dev/null
    exit 1
}

# wait_for SECONDS COMMAND...
wait_for() {
    local end=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $end ] || fail "waited in vain for: $*"
        sleep 0.2
    done
}

# ---- A cluster of one node -------------------------------------------------------

free_port() {
    local port
    for port in $(shuf -i 20000-32000 -n 50); do
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port" && return; }
    done
}

start() {
    local host controller node
    host=$(hostname -s) controller=$(free_port) node=$(free_port)
    mkdir -p "$folder"/{state,spool,log}
    cat >"$SLURM_CONF" <<END
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$controller
SlurmdPort=$node
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/none
# A task that comes back waits until its credential ends: two minutes if nothing is said.
AuthInfo=cred_expire=5
CredType=cred/none
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/log/slurmctld
SlurmdLogFile=$folder/log/slurmd
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=100000
MpiDefault=none
ReturnToService=2
KillWait=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
    slurmctld -D >"$folder/log/slurmctld.out" 2>&1 &
    daemons+=($!)
    slurmd -D >"$folder/log/slurmd.out" 2>&1 &
    daemons+=($!)
    wait_for 30 eval 'sinfo -h -o %T | grep -qx idle'
}

# ---- The experiment --------------------------------------------------------------

spec=$root/experiments/xor.yaml
options=(--set 'seeds=[1,2,3,4]' --set epochs=3000)

# The program of the nodes: the first time in shard 3 somebody kills it, between its cells.
killed_once() {
    cat >"$folder/lossgrid" <<'END'
#!/bin/bash
if [[ " $* " != *" --shard 3/8 "* ]] || ! mkdir "$FOLDER/killed" 2>/dev/null; then
    exec "$REAL" "$@"
fi
"$REAL" "$@" &
program=$!
until "$REAL" status "$FOLDER/out/shards/3" --format json 2>/dev/null | grep -q '"done": 1,'; do
    kill -0 $program || exit 99 # it ended, or cannot start
done
kill -KILL $program && : >"$FOLDER/killed/indeed"
wait $program
END
    chmod +x "$folder/lossgrid"
    export REAL=$LOSSGRID FOLDER=$folder
    LOSSGRID=$folder/lossgrid
}

no_jobs() { [ -z "$(squeue -h)" ]; }

same() {
    local file
    for file in trace.csv configurations.csv parameters.csv schema.json; do
        cmp "$folder/one/$file" "$folder/out/$file" || fail "$file differs"
    done
}

began=$SECONDS
cd "$folder" || exit 1
"$LOSSGRID" run "$spec" "${options[@]}" --out one --quiet || fail 'the run on one machine'
start
killed_once
"$root/slurm/submit.sh" "$spec" out 8 "${options[@]}" -- --cpus-per-task=1 >said ||
    fail "submit.sh: $(cat said)"
grep -qx '8 of 8 shards are missing' said || fail "$(cat said)"
wait_for 90 no_jobs
[ -e killed/indeed ] || fail 'nothing was killed'
grep -q 'shard 3 ended with exit code 137: back into the queue' out/logs/3.log ||
    fail 'the killed shard did not come back'
same
"$REAL" verify out >said || fail "$(cat said)"
say "8 shards, one killed and back in the queue: the bytes of one run"

# What is missing is sent again, and nothing else.
rm -r out/shards/6
"$root/slurm/submit.sh" "$spec" out 8 "${options[@]}" >said || fail "submit.sh: $(cat said)"
grep -qx '1 of 8 shards are missing' said || fail "$(cat said)"
grep -qE '^job [0-9]+: shards 6$' said || fail "$(cat said)"
wait_for 60 no_jobs
same
"$root/slurm/submit.sh" "$spec" out 8 "${options[@]}" >said || fail "submit.sh: $(cat said)"
grep -qx '0 of 8 shards are missing' said || fail "$(cat said)"
wait_for 60 no_jobs
same
say "what was missing was sent again, alone"

# Trials in shards; the choice among all of them, and what is chosen, by the job that merges.
cat >tuned.yaml <<'END'
dataset: xor
task: classify
model: {inputs: 2, layers: [{outputs: 4, activation: tanh}, {outputs: 1}]}
initialisation: {method: xavier_normal}
batch: 4
epochs: 50
evaluate: end
seeds: [11, 12]
tune: {metric: train_loss, over: [lr], budget: 3, seeds: 2}
grid:
  losses: [soft_margin]
  optimizers:
    - {name: sgd, lr: {log: [1e-2, 10], points: 5}}
    - {name: adam, lr: {log: [1e-3, 1], points: 5}}
END
"$REAL" run tuned.yaml --out one-tuned --quiet || fail 'the tuned run on one machine'
"$root/slurm/submit.sh" tuned.yaml tuned 3 >said || fail "submit.sh: $(cat said)"
wait_for 60 no_jobs
for file in tuned.csv tried.csv trace.csv trials/trace.csv; do
    cmp "one-tuned/$file" "tuned/$file" || fail "$file differs: $(cat tuned/logs/merge.log)"
done
say "trials in shards, and the same choice"

# A wrong spec never reaches the queue.
! "$root/slurm/submit.sh" "$spec" out 8 --set epochs=none 2>said || fail 'a wrong spec was sent'
no_jobs || fail 'a wrong spec was sent'

for pid in "${daemons[@]}"; do kill "$pid"; done
for pid in "${daemons[@]}"; do wait "$pid"; done
daemons=()
rest=$(left_over)
[ -z "$rest" ] || fail "processes are left: $rest"
say "passed in $((SECONDS - began)) s"
