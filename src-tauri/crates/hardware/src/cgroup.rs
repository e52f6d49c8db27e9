//! Control groups: where the limits lie that this process is held to, in both versions.

use std::path::{Component, Path, PathBuf};

use crate::trees::Trees;

/// The two ways in which the kernel keeps groups; their files have different names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    One,
    Two,
}

/// The folders that may hold limits of a controller (`memory`, `cpu`): of the group that this process is in and of all
/// groups above it. A folder need not be there, nor hold a limit.
pub(crate) fn folders(trees: &Trees, controller: &str) -> Vec<(Version, PathBuf)> {
    let groups = trees.text("proc/self/cgroup").unwrap_or_default();
    let mut folders = Vec::new();
    for line in groups.lines() {
        let mut parts = line.splitn(3, ':');
        let (_, Some(controllers), Some(group)) = (parts.next(), parts.next(), parts.next()) else { continue };
        if controllers.is_empty() {
            folders.extend(down("sys/fs/cgroup".into(), group).map(|folder| (Version::Two, folder)));
        } else if controllers.split(',').any(|one| one == controller) {
            let mount = Path::new("sys/fs/cgroup").join(controller);
            folders.extend(down(mount, group).map(|folder| (Version::One, folder)));
        }
    }
    folders
}

/// The top and all folders on the way to the group. In a container the path may be the host's and lead nowhere; the
/// top, which is the container's own group there, is always among them.
fn down(top: PathBuf, group: &str) -> impl Iterator<Item = PathBuf> {
    let names = Path::new(group).components().filter_map(|name| match name {
        Component::Normal(name) => Some(name.to_owned()),
        _ => None,
    });
    let below = names.scan(top.clone(), |folder, name| {
        folder.push(name);
        Some(folder.clone())
    });
    std::iter::once(top).chain(below).collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trees::Planted;

    #[test]
    fn the_folders_lead_from_the_top_to_the_group() {
        let planted = Planted::new(&[("proc/self/cgroup", "5:cpu,cpuacct:/docker/01\n4:memory:/\n0::/user.slice/a\n")]);
        let told = |controller| folders(&planted.trees, controller);
        let at = |version, path: &str| (version, PathBuf::from(path));
        let two = [
            at(Version::Two, "sys/fs/cgroup"),
            at(Version::Two, "sys/fs/cgroup/user.slice"),
            at(Version::Two, "sys/fs/cgroup/user.slice/a"),
        ];
        let cpu = [
            at(Version::One, "sys/fs/cgroup/cpu"),
            at(Version::One, "sys/fs/cgroup/cpu/docker"),
            at(Version::One, "sys/fs/cgroup/cpu/docker/01"),
        ];
        assert_eq!(told("cpu"), cpu.into_iter().chain(two.clone()).collect::<Vec<_>>());
        assert_eq!(
            told("memory"),
            [at(Version::One, "sys/fs/cgroup/memory")].into_iter().chain(two).collect::<Vec<_>>()
        );
    }
}
