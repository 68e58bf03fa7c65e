# shellcheck shell=sh
# Makes, starts, stops and removes one sandbox cluster, and guards it: the standard input is a pipe from the owner. Each line is an
# order, each order is answered by what its programs say and then a line "= ORDER CODE". The end of input means that the owner is done or dead, by kill -9 too; then an
# owned cluster is stopped and its folder removed, and a borrowed one is stopped. Orders run one by one, so the end of input never meets a half-started server.
# Arguments: folder, binaries folder, what happens at the end of input (remove, stop or leave), owner of the data (user:group, or empty),
# lock file to remove with the folder, then the words that start a program as that user.
folder=$1 bin=$2 end=$3 owner=$4 lock=$5
shift 5
umask 077
# An answer to a dead owner must not end the guard before it has cleaned up.
trap '' PIPE

# Sets pid when the server runs. A pid file from before a reboot may name another program, so the process must stand in our folder.
postmaster() {
    data=$(cd "$folder/data" 2>/dev/null && pwd -P) || return 1
    read -r pid 2>/dev/null <"$data/postmaster.pid" || return 1
    if [ -d /proc/self ]; then
        [ "$(readlink "/proc/$pid/cwd" 2>/dev/null)" = "$data" ]
    else
        ps -o args= -p "$pid" 2>/dev/null | grep -qF -- "$data"
    fi
}

finish() {
    trap '' TERM INT HUP
    [ "$end" != leave ] || exit 0
    tries=0
    # SIGINT is PostgreSQL's fast shutdown, which writes everything: the next start has nothing to recover.
    while [ "$end" = stop ] && postmaster && [ $tries -lt 100 ]; do
        [ $tries -gt 0 ] || kill -INT "$pid" 2>/dev/null
        tries=$((tries + 1))
        sleep 0.05
    done
    tries=0
    while postmaster && [ $tries -lt 100 ]; do
        # SIGQUIT is PostgreSQL's immediate shutdown: it takes its children and shared memory along.
        if [ $tries -lt 60 ]; then kill -QUIT "$pid"; else kill -KILL "$pid"; fi 2>/dev/null
        tries=$((tries + 1))
        sleep 0.1
    done
    [ "$end" = remove ] || exit 0
    # A last backend may still write while the folder goes.
    tries=0
    while [ -e "$folder" ] && [ $tries -lt 50 ]; do
        rm -rf -- "$folder" 2>/dev/null || sleep 0.1
        tries=$((tries + 1))
    done
    rm -f -- "$lock"
    [ ! -e "$folder" ]
    exit
}

init() {
    mkdir "$folder" && chmod 711 "$folder" && mkdir "$folder/data" || return
    printf '%s\n' "$password" >"$folder/password" && : >"$folder/server.log" || return
    [ -z "$owner" ] || chown "$owner" "$folder/data" "$folder/password" "$folder/server.log" || return
    "$@" "$bin/initdb" --pgdata="$folder/data" --username=postgres --pwfile="$folder/password" --auth=scram-sha-256 \
        --encoding=UTF8 --locale="$LK_LOCALE" --no-sync
    code=$?
    rm -f "$folder/password"
    return $code
}

# A pid file whose number is another program's by now, or a zombie's, makes PostgreSQL refuse to start. It goes when no process at all
# stands in the data folder any more: a backend that outlives its postmaster for a moment does.
forget_dead_server() {
    tries=0
    while [ -d /proc/self ] && [ -e "$folder/data/postmaster.pid" ] && ! postmaster && [ $tries -lt 50 ]; do
        # shellcheck disable=SC2010 # links, whose names are numbers
        if ls -l /proc/[0-9]*/cwd 2>/dev/null | grep -qF -- "-> $data"; then sleep 0.1; else rm -f "$folder/data/postmaster.pid"; fi
        tries=$((tries + 1))
    done
}

start() {
    forget_dead_server
    "$@" "$bin/pg_ctl" start -s -w -t 60 -D "$folder/data" -l "$folder/server.log"
}

trap finish TERM INT HUP
read -r password
while read -r order mode; do
    case $order in
        init) init "$@" ;;
        start) start "$@" ;;
        stop) "$@" "$bin/pg_ctl" stop -s -w -t 60 -D "$folder/data" -m "$mode" ;;
        # The record appears in the same order that lifts the guard: there is no moment with one and without the other for an owner to die in.
        leave) mv -- "$folder/cluster.json.new" "$folder/cluster.json" && end=leave ;;
        *) false ;;
    esac </dev/null 2>&1
    # A program may have ended in the middle of a line.
    printf '\n= %s %d\n' "$order" $?
done
finish
