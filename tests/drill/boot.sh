#!/bin/sh
# Boot Debian's systemd as process 1 of namespaces of its own, on a root that is thrown away.
# boot.sh FOLDER: FOLDER/base is the bare system, FOLDER/shared is seen as /mnt. What the machine
# writes lies in memory, in its own mount namespace: it ends with it.
set -e
folder=$1
mount --make-rprivate /
mkdir -p "$folder/own"
mount -t tmpfs -o size=3g none "$folder/own"
root=$folder/own/root
mkdir "$folder/own/upper" "$folder/own/work" "$root"
mount -t overlay overlay \
  -o "lowerdir=$folder/base,upperdir=$folder/own/upper,workdir=$folder/own/work" "$root"

mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t tmpfs -o mode=755 none "$root/sys/fs/cgroup"
mount -t cgroup2 none "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 none "$root/run"
mount -t tmpfs none "$root/tmp"
mount -t tmpfs -o mode=755 none "$root/dev"
for device in null zero full random urandom tty; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/shm" "$root/dev/pts"
mount -t tmpfs none "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
touch "$root/dev/console"
mount --bind "$folder/console" "$root/dev/console"
mount --bind "$folder/shared" "$root/mnt"

ip link set lo up
exec chroot "$root" env -i container=drill PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd
