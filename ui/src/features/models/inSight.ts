// Whether the models of this machine are in sight: what ends there needs no word elsewhere.

import { router } from '../../router';

export const mineInSight = (): boolean => router.route.page === 'models' && router.route.tab === 'mine';
