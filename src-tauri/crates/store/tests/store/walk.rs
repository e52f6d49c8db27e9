//! A random walk through the tree beside a model of it that is too simple to be wrong.

use inglenook_contract::*;
use inglenook_store::Store;
use proptest::prelude::*;

use crate::support::*;

/// A step; the number picks one of the messages there are.
#[derive(Clone, Copy, Debug)]
enum Step {
    Turn,
    Answer(usize),
    EditUser(usize),
    EditAnswer(usize),
    Show(usize),
    Delete(usize),
    Restore(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let pick = 0..1000_usize;
    prop_oneof![
        3 => Just(Step::Turn),
        2 => pick.clone().prop_map(Step::Answer),
        2 => pick.clone().prop_map(Step::EditUser),
        1 => pick.clone().prop_map(Step::EditAnswer),
        3 => pick.clone().prop_map(Step::Show),
        3 => pick.clone().prop_map(Step::Delete),
        3 => pick.prop_map(Step::Restore),
    ]
}

#[derive(Debug)]
struct Node {
    id: MessageId,
    parent: Option<usize>,
    by_person: bool,
    /// The child last shown.
    active: Option<usize>,
    /// With which message it went to the trash.
    gone_with: Option<usize>,
}

#[derive(Debug, Default)]
struct Tree {
    nodes: Vec<Node>,
    path: Vec<usize>,
}

impl Tree {
    fn lives(&self, node: usize) -> bool {
        self.nodes[node].gone_with.is_none()
    }

    fn children(&self, parent: Option<usize>) -> Vec<usize> {
        (0..self.nodes.len()).filter(|&node| self.nodes[node].parent == parent && self.lives(node)).collect()
    }

    fn chain(&self, node: usize) -> Vec<usize> {
        let mut chain: Vec<_> = std::iter::successors(Some(node), |&node| self.nodes[node].parent).collect();
        chain.reverse();
        chain
    }

    fn show(&mut self, node: usize) {
        self.path = self.chain(node);
        let mut last = node;
        loop {
            let active = self.nodes[last].active.filter(|&child| self.lives(child));
            let Some(child) = active.or_else(|| self.children(Some(last)).last().copied()) else { break };
            self.path.push(child);
            last = child;
        }
        for pair in self.path.windows(2) {
            self.nodes[pair[0]].active = Some(pair[1]);
        }
    }

    fn add(&mut self, parent: Option<usize>, message: &Message) -> usize {
        let new = self.nodes.len();
        let by_person = message.role == Role::User;
        self.nodes.push(Node { id: message.id.clone(), parent, by_person, active: None, gone_with: None });
        if let Some(parent) = parent {
            self.nodes[parent].active = Some(new);
        }
        self.show(new);
        new
    }

    fn delete(&mut self, node: usize) {
        let versions = self.children(self.nodes[node].parent);
        let place = versions.iter().position(|&version| version == node).unwrap();
        let neighbour = if place > 0 { Some(versions[place - 1]) } else { versions.get(1).copied() };
        for below in 0..self.nodes.len() {
            if self.lives(below) && self.chain(below).contains(&node) {
                self.nodes[below].gone_with = Some(node);
            }
        }
        if let Some(depth) = self.path.iter().position(|&shown| shown == node) {
            self.path.truncate(depth);
            if let Some(neighbour) = neighbour {
                self.show(neighbour);
            }
        }
    }

    fn restore(&mut self, node: usize) {
        for above in self.chain(node) {
            if let Some(top) = self.nodes[above].gone_with {
                for other in &mut self.nodes {
                    if other.gone_with == Some(top) {
                        other.gone_with = None;
                    }
                }
            }
        }
        self.show(node);
    }
}

/// Takes a step in both; where the model says that it cannot be taken, the store has to refuse it.
async fn take(store: &Store, chat: &ChatId, tree: &mut Tree, step: Step) {
    let pick = |number: usize| (!tree.nodes.is_empty()).then(|| number % tree.nodes.len());
    match step {
        Step::Turn => {
            let turn = talk(store, chat, "said", "answered").await;
            let message = tree.add(tree.path.last().copied(), &turn.message);
            tree.add(Some(message), &turn.answer);
        }
        Step::Answer(number) => {
            let Some(node) = pick(number) else { return };
            let answer = store.add_answer(&tree.nodes[node].id, None).await;
            assert_eq!(answer.is_ok(), tree.lives(node) && tree.nodes[node].by_person);
            if let Ok(answer) = answer {
                tree.add(Some(node), &answer);
            }
        }
        Step::EditUser(number) => {
            let Some(node) = pick(number) else { return };
            let turn = store.edit_user(&tree.nodes[node].id, "other words", None).await;
            assert_eq!(turn.is_ok(), tree.lives(node) && tree.nodes[node].by_person);
            if let Ok(turn) = turn {
                let message = tree.add(tree.nodes[node].parent, &turn.message);
                tree.add(Some(message), &turn.answer);
            }
        }
        Step::EditAnswer(number) => {
            let Some(node) = pick(number) else { return };
            let answer = store.edit_answer(&tree.nodes[node].id, "a person's words").await;
            assert_eq!(answer.is_ok(), tree.lives(node) && !tree.nodes[node].by_person);
            if let Ok(answer) = answer {
                tree.add(tree.nodes[node].parent, &answer);
            }
        }
        Step::Show(number) => {
            let Some(node) = pick(number) else { return };
            assert_eq!(store.show_message(&tree.nodes[node].id).await.is_ok(), tree.lives(node));
            if tree.lives(node) {
                tree.show(node);
            }
        }
        Step::Delete(number) => {
            let Some(node) = pick(number) else { return };
            assert_eq!(store.delete_message(&tree.nodes[node].id).await.is_ok(), tree.lives(node));
            if tree.lives(node) {
                tree.delete(node);
            }
        }
        Step::Restore(number) => {
            let Some(node) = pick(number) else { return };
            assert_eq!(store.restore_message(&tree.nodes[node].id).await.is_ok(), !tree.lives(node));
            if !tree.lives(node) {
                tree.restore(node);
            }
        }
    }
}

async fn compare(store: &Store, chat: &ChatId, tree: &Tree) {
    let ids = |nodes: &[usize]| nodes.iter().map(|&node| tree.nodes[node].id.clone()).collect::<Vec<_>>();
    let page = store.page(chat, Some(0), 1000).await.unwrap();
    let shown: Vec<_> = page.messages.iter().map(|message| message.id.clone()).collect();
    assert_eq!(shown, ids(&tree.path), "the path that is shown");
    assert_eq!(page.total as usize, tree.path.len());
    assert_eq!(store.chat(chat).await.unwrap().message_count, page.total);
    for node in 0..tree.nodes.len() {
        let Ok(message) = store.message(&tree.nodes[node].id).await else {
            assert!(!tree.lives(node), "only what is in the trash is not found");
            continue;
        };
        assert_eq!(message.versions, ids(&tree.children(tree.nodes[node].parent)), "the versions of {node}");
        let path: Vec<_> = store.path_to(&message.id).await.unwrap().into_iter().map(|message| message.id).collect();
        assert_eq!(path, ids(&tree.chain(node)), "the way to {node}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_tree_is_what_a_simple_model_of_it_says(steps in prop::collection::vec(step(), 1..40)) {
        runtime().block_on(async {
            let store = Store::temporary().await.unwrap();
            let chat = store.create_chat(None).await.unwrap().summary.id;
            let mut tree = Tree::default();
            for step in steps {
                take(&store, &chat, &mut tree, step).await;
                compare(&store, &chat, &tree).await;
            }
            // What the trash holds can go for good without anything else going along.
            store.empty_trash().await.unwrap();
            compare(&store, &chat, &tree).await;
        });
    }
}
